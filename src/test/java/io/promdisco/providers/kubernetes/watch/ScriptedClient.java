package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An API server that does what a test says, one step at a time. A request waits until the test has
 * taken it and answers it; a step returns when the client has processed it. It serves pods only.
 */
final class ScriptedClient implements ResourceClient {
  private static final long LIMIT_SECONDS = 10;

  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final List<Request> all = new ArrayList<>(); // guarded by itself

  /** A step of an answer, which runs on the client's thread. */
  private interface Step {
    /** Returns whether the request continues. */
    boolean run(Request request) throws IOException;
  }

  /** A request that waits for its answer. */
  static final class Request {
    final boolean list;
    final Resource<?> resource;
    final WatchScope scope;
    final String version;
    final int limit;
    final String token;
    final int timeoutSeconds;
    final boolean sendInitialEvents;
    private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private WatchHandler<? super PodView> handler = new NoHandler();
    private Consumer<? super PodView> items = pod -> {};
    private Page page = new Page("", "", -1);

    private Request(
        boolean list,
        Resource<?> resource,
        WatchScope scope,
        String version,
        int limit,
        String token,
        int timeoutSeconds) {
      this.list = list;
      this.resource = resource;
      this.scope = scope;
      this.version = version;
      this.limit = limit;
      this.token = token;
      this.timeoutSeconds = timeoutSeconds;
      this.sendInitialEvents = !list && version.isEmpty();
    }

    Request opened() throws InterruptedException {
      return event(WatchHandler::opened);
    }

    Request added(PodView pod) throws InterruptedException {
      return event(handler -> handler.added(pod, Long.toString(pod.meta().version())));
    }

    Request modified(PodView pod) throws InterruptedException {
      return event(handler -> handler.modified(pod, Long.toString(pod.meta().version())));
    }

    Request deleted(PodView pod) throws InterruptedException {
      return event(handler -> handler.deleted(pod, Long.toString(pod.meta().version())));
    }

    Request bookmark(String version) throws InterruptedException {
      return event(handler -> handler.bookmark(version, false));
    }

    /** Ends the initial events. */
    Request initialEnd(String version) throws InterruptedException {
      return event(handler -> handler.bookmark(version, true));
    }

    private Request event(Consumer<WatchHandler<? super PodView>> event)
        throws InterruptedException {
      return step(
          request -> {
            event.accept(request.handler);
            return true;
          });
    }

    /** Adds many pods in one step. */
    Request addedAll(List<PodView> pods) throws InterruptedException {
      return event(handler -> pods.forEach(pod -> handler.added(pod, "" + pod.meta().version())));
    }

    /** Adds an item to the page. */
    Request item(PodView pod) throws InterruptedException {
      return step(
          request -> {
            request.items.accept(pod);
            return true;
          });
    }

    /** Ends the page. */
    void page(String version, String continueToken) throws InterruptedException {
      page(version, continueToken, -1);
    }

    /** Ends the page and says how many items remain. */
    void page(String version, String continueToken, long remaining) throws InterruptedException {
      page = new Page(version, continueToken, remaining);
      end();
    }

    /** Ends the request without an error. */
    void end() throws InterruptedException {
      step(request -> false);
    }

    /** Ends the request with a failure. */
    void fail(Throwable failure) throws InterruptedException {
      step(
          request -> {
            if (failure instanceof IOException checked) {
              throw checked;
            }
            if (failure instanceof RuntimeException unchecked) {
              throw unchecked;
            }
            throw (Error) failure;
          });
    }

    void fail(int code, String message) throws InterruptedException {
      fail(new ApiException(code, "", message, null));
    }

    /** Whether the request has ended, or the client has given it up. */
    boolean isOver() {
      return over.getCount() == 0;
    }

    private Request step(Step step) throws InterruptedException {
      CountDownLatch done = new CountDownLatch(1);
      steps.add(
          request -> {
            try {
              return step.run(request);
            } finally {
              done.countDown();
            }
          });
      if (!done.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody waits for the answer to " + this);
      }
      return this;
    }

    private void serve() throws IOException, InterruptedException {
      try {
        while (steps.take().run(this)) {
          Thread.onSpinWait();
        }
      } finally {
        over.countDown();
      }
    }

    @Override
    public String toString() {
      return list
          ? "list limit=" + limit + " continue=" + token
          : "watch from=" + version + (sendInitialEvents ? " initial" : "");
    }
  }

  private static final class NoHandler implements WatchHandler<PodView> {
    @Override
    public void added(PodView object, String resourceVersion) {}

    @Override
    public void modified(PodView object, String resourceVersion) {}

    @Override
    public void deleted(PodView object, String resourceVersion) {}

    @Override
    public void bookmark(String resourceVersion, boolean initialEventsEnd) {}
  }

  /** Waits up to ten seconds for the next request. */
  Request next() throws InterruptedException {
    Request request = requests.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (request == null) {
      throw new AssertionError("no request came");
    }
    return request;
  }

  /** The request that is waiting already, or null. */
  @Nullable Request poll() {
    return requests.poll();
  }

  /** Number of requests so far. */
  int count() {
    synchronized (all) {
      return all.size();
    }
  }

  @Override
  public String server() {
    return "https://api:6443";
  }

  @Override
  public Optional<String> ownNamespace() {
    return Optional.empty();
  }

  @Override
  public <V extends KubeObject> Page list(
      Resource<V> resource,
      WatchScope scope,
      int limit,
      String continueToken,
      Consumer<? super V> items)
      throws IOException, InterruptedException {
    Request request = new Request(true, resource, scope, "", limit, continueToken, 0);
    request.items = pod -> items.accept(resource.view().cast(pod));
    add(request);
    request.serve();
    return request.page;
  }

  @Override
  public <V extends KubeObject> void watch(
      Resource<V> resource,
      WatchScope scope,
      String resourceVersion,
      int timeoutSeconds,
      WatchHandler<? super V> handler)
      throws IOException, InterruptedException {
    Request request = new Request(false, resource, scope, resourceVersion, 0, "", timeoutSeconds);
    request.handler =
        new WatchHandler<PodView>() {
          @Override
          public void opened() {
            handler.opened();
          }

          @Override
          public void added(PodView object, String version) {
            handler.added(resource.view().cast(object), version);
          }

          @Override
          public void modified(PodView object, String version) {
            handler.modified(resource.view().cast(object), version);
          }

          @Override
          public void deleted(PodView object, String version) {
            handler.deleted(resource.view().cast(object), version);
          }

          @Override
          public void bookmark(String version, boolean initialEventsEnd) {
            handler.bookmark(version, initialEventsEnd);
          }
        };
    add(request);
    request.serve();
  }

  private void add(Request request) {
    synchronized (all) {
      all.add(request);
    }
    requests.add(request);
  }

  @Override
  public void close() {}
}
