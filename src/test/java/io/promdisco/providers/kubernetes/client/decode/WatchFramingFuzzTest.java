package io.promdisco.providers.kubernetes.client.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient.WatchHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Valid frames followed by garbage, split anywhere: all complete valid frames are decoded, and
 * nothing after them unless the garbage happens to be a frame.
 */
class WatchFramingFuzzTest {
  private static final byte[] FRAME = SampleObjects.frame(SampleObjects.POD.event("ADDED"));

  @FuzzTest(maxDuration = "5m")
  void wholeFramesAreTakenAndBrokenOnesAreNot(byte[] input) throws InterruptedException {
    if (input.length < 4) {
      return;
    }
    int frames = input[0] & 7;
    int cut = (input[1] & 0xff) << 8 | (input[2] & 0xff);
    byte[] rest = Arrays.copyOfRange(input, 4, input.length);
    byte[] body = body(frames, rest);
    int length = Math.min(cut, body.length);
    Counter counter = new Counter();
    IOException failure = null;
    try {
      new ProtobufDecoder(new SharedValues())
          .watch(
              Resource.PODS,
              InMemoryBodies.chunked(Arrays.copyOf(body, length), 1 + (input[3] & 0xff)),
              counter);
    } catch (IOException e) {
      failure = e;
    }
    check(Math.min(length / FRAME.length, frames), length, frames, counter.taken, failure);
  }

  private static void check(
      int whole, int length, int frames, int taken, @Nullable IOException failure) {
    boolean clean = length <= frames * FRAME.length;
    if (clean) {
      assertThat(taken).isEqualTo(whole);
      assertThat(failure == null).isEqualTo(length % FRAME.length == 0);
    } else {
      assertThat(taken).isGreaterThanOrEqualTo(whole);
    }
  }

  private static byte[] body(int frames, byte[] rest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < frames; i++) {
      out.writeBytes(FRAME);
    }
    out.writeBytes(rest);
    return out.toByteArray();
  }

  private static final class Counter implements WatchHandler<PodView> {
    private int taken;

    @Override
    public void added(PodView object, String resourceVersion) {
      taken++;
    }

    @Override
    public void modified(PodView object, String resourceVersion) {
      taken++;
    }

    @Override
    public void deleted(PodView object, String resourceVersion) {
      taken++;
    }

    @Override
    public void bookmark(String resourceVersion, boolean initialEventsEnd) {}
  }
}
