package io.promdisco.providers.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;

/**
 * Looks a name up: completed in every way that the settings say, one after the other until one is
 * known; each at every server until one has an answer. Over UDP, and over TCP when the answer does
 * not fit. Blocks nothing.
 *
 * <p>"No such name" is an answer, and none of the records either. Any other failure is not: it
 * leaves open what there is.
 */
final class Lookup {
  /** How long one server may take for one answer, each over UDP and TCP. */
  static final Duration LONGEST = Duration.ofSeconds(2);

  private final DnsSettings settings;
  private final int type;

  Lookup(DnsSettings settings, int type) {
    this.settings = settings;
    this.type = type;
  }

  /** The records, none if there is no such name; fails with an {@link IOException}. */
  CompletableFuture<List<Record>> records(String name) {
    List<Name> names;
    try {
      names = settings.names(name);
    } catch (TextParseException e) {
      return CompletableFuture.failedFuture(
          new IOException("no DNS name (" + e.getMessage() + "); correct it under names", e));
    }
    if (settings.servers().isEmpty()) {
      return CompletableFuture.failedFuture(
          new IOException("no name server (expected: one in resolv.conf)"));
    }
    return firstKnown(names, 0, "");
  }

  /**
   * @param failure why an earlier name got no answer; empty if all got one
   */
  private CompletableFuture<List<Record>> firstKnown(List<Name> names, int index, String failure) {
    if (index == names.size()) {
      return failure.isEmpty()
          ? CompletableFuture.completedFuture(List.of())
          : CompletableFuture.failedFuture(new IOException(failure));
    }
    return answer(names.get(index), 0, "")
        .handle(Tried::new)
        .thenCompose(
            tried -> {
              Message answer = tried.answer();
              if (answer == null) {
                return firstKnown(names, index + 1, failure + separator(failure) + tried.why());
              }
              return answer.getRcode() == Rcode.NOERROR
                  ? CompletableFuture.completedFuture(answer.getSection(Section.ANSWER))
                  : firstKnown(names, index + 1, failure);
            });
  }

  /** The first server's answer that is one. */
  private CompletableFuture<Message> answer(Name name, int server, String failure) {
    if (server == settings.servers().size()) {
      return CompletableFuture.failedFuture(new IOException(name + ": " + failure));
    }
    InetSocketAddress address = settings.servers().get(server);
    return ask(name, address)
        .handle(Tried::new)
        .thenCompose(
            tried -> {
              Message answer = tried.answer();
              if (answer != null
                  && (answer.getRcode() == Rcode.NOERROR || answer.getRcode() == Rcode.NXDOMAIN)) {
                return CompletableFuture.completedFuture(answer);
              }
              String why = answer == null ? tried.why() : Rcode.string(answer.getRcode());
              return answer(
                  name, server + 1, failure + separator(failure) + shown(address) + " " + why);
            });
  }

  private CompletableFuture<Message> ask(Name name, InetSocketAddress server) {
    SimpleResolver resolver = new SimpleResolver(server);
    resolver.setTimeout(LONGEST);
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    return resolver.sendAsync(query).toCompletableFuture();
  }

  private static String shown(InetSocketAddress server) {
    return server.getHostString() + ":" + server.getPort();
  }

  private static String separator(String before) {
    return before.isEmpty() ? "" : "; ";
  }

  /** What came of asking: one of both. */
  private record Tried(@Nullable Message answer, @Nullable Throwable problem) {
    String why() {
      Throwable e = problem;
      while (e instanceof CompletionException && e.getCause() != null) {
        e = e.getCause();
      }
      return e == null ? "" : e.getMessage() == null ? e.toString() : e.getMessage();
    }
  }
}
