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
 * Reads the bodies of list and watch answers in one encoding. For a malformed body, it throws an
 * {@link IOException} that says what was read and at which byte. Each instance is for one thread.
 */
public interface Decoder {
  /**
   * The maximum size of an object, or of a frame of a watch, in bytes: 16 MiB, less if the heap is
   * small, but at least 4 MiB. The API server accepts 3 MiB.
   */
  int LARGEST = (int) Math.min(16 << 20, Math.max(4 << 20, Runtime.getRuntime().maxMemory() / 48));

  /** The annotation of the bookmark that ends the initial events of a streaming list. */
  String INITIAL_EVENTS_END = "k8s.io/initial-events-end";

  /**
   * Reads a list, and calls {@code items} with each object as soon as it is read.
   *
   * @throws ApiException if the body is a Status
   */
  <V extends KubeObject> Page list(Resource<V> resource, BodyReader body, Consumer<? super V> items)
      throws IOException, InterruptedException;

  /**
   * Reads events until the stream ends, which is valid only between two events.
   *
   * @throws ApiException for an ERROR event
   */
  <V extends KubeObject> void watch(
      Resource<V> resource, BodyReader body, WatchHandler<? super V> handler)
      throws IOException, InterruptedException;

  /**
   * Reads the Status in the body of an error; a body without a kind is assumed to be one.
   *
   * @throws IOException if it cannot be read
   */
  ApiStatus status(byte[] body) throws IOException;
}
