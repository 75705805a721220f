package io.promdisco.explain;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A second look at the cluster that an SD config discovers in. */
public interface ObjectReader {
  /** The objects that are there now. */
  <V extends KubeObject> List<V> read(Resource<V> resource, Scope scope)
      throws IOException, InterruptedException;

  /** Reads through {@code client}, in pages. */
  static ObjectReader of(ResourceClient client) {
    return new Paged(client);
  }

  /** Lists of a client. */
  record Paged(ResourceClient client) implements ObjectReader {
    private static final int PAGE = 500;

    @Override
    public <V extends KubeObject> List<V> read(Resource<V> resource, Scope scope)
        throws IOException, InterruptedException {
      List<V> all = new ArrayList<>();
      client.listAll(resource, scope, PAGE, all::add);
      return all;
    }
  }
}
