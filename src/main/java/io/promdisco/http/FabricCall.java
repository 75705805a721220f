package io.promdisco.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A request through fabric8's client: HTTP/1.1. */
final class FabricCall implements Call {
  private final CompletableFuture<HttpResponse<AsyncBody>> answer;
  private final BodyStream body;
  private @Nullable HttpResponse<AsyncBody> head;

  /** {@code body} gets the body of {@code answer}. */
  FabricCall(CompletableFuture<HttpResponse<AsyncBody>> answer, BodyStream body) {
    this.answer = answer;
    this.body = body;
  }

  @Override
  public void awaitHead() throws IOException, InterruptedException {
    try {
      HttpResponse<AsyncBody> response = answer.get();
      head = response;
      body.start(response.body());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (CancellationException e) {
      throw new IOException("closed", e);
    }
  }

  private HttpResponse<AsyncBody> head() {
    if (head == null) {
      throw new IllegalStateException("no answer yet");
    }
    return head;
  }

  @Override
  public int code() {
    return head().code();
  }

  @Override
  public String header(String name) {
    List<String> values = head().headers(name);
    return values.isEmpty() ? "" : values.get(0);
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException, InterruptedException {
    return body.next();
  }

  @Override
  public void failUnanswered(IOException problem) {
    answer.completeExceptionally(problem);
  }

  @Override
  public void fail(IOException problem) {
    answer.completeExceptionally(problem);
    body.fail(problem);
  }

  @Override
  public void close() {
    answer.cancel(true);
    body.close();
  }
}
