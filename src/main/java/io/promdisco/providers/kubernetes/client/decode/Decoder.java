package io.promdisco.providers.kubernetes.client.decode;

import io.promdisco.http.BodyReader;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient.Page;
import io.promdisco.providers.kubernetes.watch.ResourceClient.WatchHandler;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Reads the bodies of list and watch answers in one encoding. A malformed body is an {@link
 * IOException} that says what was read and at which byte. Each instance for one thread.
 */
public interface Decoder {
  /**
   * Bytes of the largest object, or frame of a watch, that is read: 16 MiB, less where the heap is
   * small, at least 4 MiB. The API server takes 3 MiB.
   */
  int LARGEST = (int) Math.min(16 << 20, Math.max(4 << 20, Runtime.getRuntime().maxMemory() / 48));

  /** The annotation of the bookmark that ends the initial events of a streaming list. */
  String INITIAL_EVENTS_END = "k8s.io/initial-events-end";

  /**
   * Reads a list, calling {@code items} with each object as soon as it is there.
   *
   * @throws ApiException if a Status comes in its place
   */
  <V extends KubeObject> Page list(Resource<V> resource, BodyReader body, Consumer<? super V> items)
      throws IOException, InterruptedException;

  /**
   * Reads events until the stream ends, which it may do between two events only.
   *
   * @throws ApiException for an ERROR event
   */
  <V extends KubeObject> void watch(
      Resource<V> resource, BodyReader body, WatchHandler<? super V> handler)
      throws IOException, InterruptedException;

  /**
   * Reads the Status in the body of a refusal; a body without a kind is taken for one.
   *
   * @throws IOException if it cannot be read
   */
  ApiStatus status(byte[] body) throws IOException;
}
