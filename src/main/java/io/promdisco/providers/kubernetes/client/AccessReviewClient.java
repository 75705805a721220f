package io.promdisco.providers.kubernetes.client;

import com.fasterxml.jackson.core.JacksonException;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.promdisco.http.Fabric8Clients;
import io.promdisco.http.RenewingSender;
import io.promdisco.http.Sender;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.AccessReview;
import io.promdisco.providers.kubernetes.watch.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Asks an API server which permissions the credentials have, with fabric8's client. Safe for all
 * threads.
 */
final class AccessReviewClient implements AccessReview, AutoCloseable {
  private final RenewingSender senders;

  @GuardedBy("this")
  private @Nullable KubernetesClient client;

  /** The sender from which {@link #client} was made. */
  @GuardedBy("this")
  private @Nullable Sender sender;

  AccessReviewClient(RenewingSender senders) {
    this.senders = senders;
  }

  @Override
  public boolean allows(String verb, Resource<?> resource, String namespace, String name)
      throws IOException, InterruptedException {
    SelfSubjectAccessReview question =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withVerb(verb)
            .withGroup(resource.group())
            .withResource(resource.plural())
            .withNamespace(namespace.isEmpty() ? null : namespace)
            .withName(name.isEmpty() ? null : name)
            .endResourceAttributes()
            .endSpec()
            .build();
    Sender current = senders.current();
    try {
      SelfSubjectAccessReview answer =
          client(current).authorization().v1().selfSubjectAccessReview().create(question);
      if (answer == null || answer.getStatus() == null || answer.getStatus().getAllowed() == null) {
        throw new IOException(
            senders.server() + ": no answer to an access review (expected: an API server)");
      }
      return answer.getStatus().getAllowed();
    } catch (KubernetesClientException | UncheckedIOException e) {
      throw current.hide(problem(e, current));
    }
  }

  private synchronized KubernetesClient client(Sender current) throws IOException {
    KubernetesClient open = client;
    if (open != null && sender == current) {
      return open;
    }
    close();
    KubernetesClient made = Fabric8Clients.open(current);
    client = made;
    sender = current;
    return made;
  }

  private IOException problem(RuntimeException problem, Sender sender) throws InterruptedException {
    int code = problem instanceof KubernetesClientException refused ? refused.getCode() : 0;
    String server = senders.server().toString();
    if (code > 0) {
      return refusal((KubernetesClientException) problem, code, server);
    }
    for (Throwable at = problem; at != null; at = at.getCause()) {
      if (at instanceof InterruptedException) {
        Thread.interrupted();
        throw (InterruptedException) new InterruptedException().initCause(problem);
      }
      boolean isDeepest = !(at.getCause() instanceof IOException);
      if (at instanceof IOException io && !(at instanceof JacksonException) && isDeepest) {
        return sender.explain(io);
      }
    }
    return new IOException( // fabric8 parses an answer that is not JSON as YAML, and its message is
        // about YAML.
        server + ": no answer to an access review (expected: an API server)", problem);
  }

  private static ApiException refusal(KubernetesClientException e, int code, String server) {
    String said = e.getStatus() == null ? null : e.getStatus().getMessage();
    String reason = e.getStatus() == null ? null : e.getStatus().getReason();
    String message =
        code == 401
            ? server + " does not accept the credentials: " + (said == null ? "Unauthorized" : said)
            : said == null ? server + " answered with status " + code : said;
    return new ApiException(code, reason == null ? "" : reason, message, null);
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
      client = null;
    }
  }
}
