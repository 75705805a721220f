package io.promdisco.providers.kubernetes.client.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.testing.AllocatedBytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bounds are one and a half times what was measured; a pod has 9 kB on the wire, 14 kB as JSON. */
class DecodingAllocationTest {
  private static final int PODS = 1_000;

  private final PodBodies bodies = new PodBodies(PODS);

  @Test
  void aPodInProtobufCostsLittleMoreThanItsView() throws Exception {
    byte[] frames = bodies.protobuf();
    PodBodies.Protobuf decoder = new PodBodies.Protobuf();

    assertThat(AllocatedBytes.per(PODS, () -> decoder.decode(frames))).isLessThan(1_350);
  }

  @Test
  void aPodInJsonCostsItsTree() throws Exception {
    byte[] list = bodies.json();
    PodBodies.Json decoder = new PodBodies.Json();

    assertThat(AllocatedBytes.per(PODS, () -> decoder.decode(list))).isLessThan(116_000);
  }

  @Test
  void aGroupCostsItsLabels() throws Exception {
    List<PodView> views = new PodBodies.Protobuf().decode(bodies.protobuf());

    assertThat(AllocatedBytes.per(PODS, () -> PodBodies.groups(views))).isLessThan(2_000);
  }
}
