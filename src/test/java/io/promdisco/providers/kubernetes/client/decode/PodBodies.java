package io.promdisco.providers.kubernetes.client.decode;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.role.MapLookup;
import io.promdisco.providers.kubernetes.role.PodGroupBuilder;
import io.promdisco.providers.kubernetes.watch.ResourceClient.WatchHandler;
import io.promdisco.sim.ManyPodsCluster;
import io.promdisco.sim.ProtobufEncoder;
import io.promdisco.sim.SimCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Pods of the usual size: encoded as a server sends them, decoded, and as target groups. */
public final class PodBodies {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<ObjectNode> pods;

  /** The first {@code count} pods of a simulated cluster. */
  public PodBodies(int count) {
    SimCluster cluster = new SimCluster();
    ManyPodsCluster.create(cluster, count);
    pods = cluster.list(Resource.PODS, "", "", "");
  }

  /** The pods as a watch in protobuf. */
  public byte[] protobuf() {
    ProtobufEncoder encoder = new ProtobufEncoder();
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    pods.forEach(pod -> frames.writeBytes(encoder.frame("ADDED", pod)));
    return frames.toByteArray();
  }

  /** The pods as a list in JSON. */
  public byte[] json() throws IOException {
    ObjectNode list = MAPPER.createObjectNode().put("kind", "PodList").put("apiVersion", "v1");
    list.putObject("metadata").put("resourceVersion", "7");
    list.putArray("items").addAll(pods);
    return MAPPER.writeValueAsBytes(list);
  }

  /** Decodes {@link #protobuf} repeatedly, and keeps the tables of texts that pods share. */
  public static final class Protobuf {
    private final ProtobufDecoder decoder = new ProtobufDecoder(new SharedValues());

    /** The pods. */
    public List<PodView> decode(byte[] frames) throws IOException, InterruptedException {
      List<PodView> views = new ArrayList<>();
      decoder.watch(Resource.PODS, InMemoryBodies.whole(frames), new Added(views));
      return views;
    }
  }

  /** Decodes {@link #json}. */
  public static final class Json {
    private final JsonDecoder decoder = new JsonDecoder(new SharedValues());

    /** The pods. */
    public List<PodView> decode(byte[] list) throws IOException, InterruptedException {
      List<PodView> views = new ArrayList<>();
      decoder.list(Resource.PODS, InMemoryBodies.whole(list), views::add);
      return views;
    }
  }

  /** One group for each pod, with two targets. */
  public List<TargetGroup> groups() throws IOException, InterruptedException {
    return groups(new Protobuf().decode(protobuf()));
  }

  /** One group for each of {@code views}. */
  public static List<TargetGroup> groups(List<PodView> views) {
    PodGroupBuilder builder = new PodGroupBuilder(AttachMetadata.NONE);
    MapLookup nothing = new MapLookup();
    return views.stream().map(view -> builder.build(view, nothing)).toList();
  }

  private record Added(List<PodView> views) implements WatchHandler<PodView> {
    @Override
    public void added(PodView object, String resourceVersion) {
      views.add(object);
    }

    @Override
    public void modified(PodView object, String resourceVersion) {
      throw new AssertionError("modified: " + object.key());
    }

    @Override
    public void deleted(PodView object, String resourceVersion) {
      throw new AssertionError("deleted: " + object.key());
    }

    @Override
    public void bookmark(String resourceVersion, boolean initialEventsEnd) {
      throw new AssertionError("bookmark: " + resourceVersion);
    }
  }
}
