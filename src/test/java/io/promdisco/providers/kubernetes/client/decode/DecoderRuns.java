package io.promdisco.providers.kubernetes.client.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.http.BodyReader;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient.WatchHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * What must hold for every body: a decoder returns objects or throws an {@link IOException} that
 * says why, and the result does not depend on how the body is split into pieces. The first byte of
 * an input says which resource is read and whether it is a list, a watch or a Status; the second
 * byte says how long the pieces are.
 */
final class DecoderRuns {
  private DecoderRuns() {}

  /** Reads a Status. */
  interface StatusReader {
    ApiStatus read(byte[] body) throws IOException;
  }

  static byte[] input(int resource, boolean watch, byte[] body) {
    byte[] input = new byte[body.length + 2];
    input[0] = (byte) (2 * resource + (watch ? 1 : 0));
    input[1] = 7;
    System.arraycopy(body, 0, input, 2, body.length);
    return input;
  }

  static void readOrRefused(
      byte[] input, Function<SharedValues, Decoder> decoders, StatusReader status)
      throws InterruptedException {
    if (input.length < 2) {
      return;
    }
    int selector = input[0] & 0xff;
    byte[] body = Arrays.copyOfRange(input, 2, input.length);
    Resource<?> resource = Resource.ALL.get(selector / 2 % Resource.ALL.size());
    boolean watch = selector % 2 == 1;
    int size = 1 + (input[1] & 0xff);
    if (selector == 0xff) {
      readStatus(body, status);
      return;
    }
    List<String> whole = run(decoders, resource, watch, InMemoryBodies.whole(body));
    List<String> pieces = run(decoders, resource, watch, InMemoryBodies.chunked(body, size));
    assertThat(pieces).isEqualTo(whole);
  }

  private static void readStatus(byte[] body, StatusReader reader) {
    try {
      assertThat(reader.read(body).toException()).isNotNull();
    } catch (IOException e) {
      assertThat(e).message().isNotBlank();
    }
  }

  private static List<String> run(
      Function<SharedValues, Decoder> decoders,
      Resource<?> resource,
      boolean watch,
      BodyReader body)
      throws InterruptedException {
    List<String> seen = new ArrayList<>();
    Decoder decoder = decoders.apply(new SharedValues());
    try {
      if (watch) {
        decoder.watch(resource, body, new Writer(seen));
      } else {
        seen.add(decoder.list(resource, body, object -> seen.add(text(object))).toString());
      }
    } catch (IOException e) {
      assertThat(e).message().isNotBlank();
      // Where text is buffered, the position in the message depends on the pieces.
      String message = String.valueOf(e.getMessage()).replaceAll("at byte [0-9]+", "at a byte");
      seen.add(e.getClass().getName() + ": " + message);
    }
    return seen;
  }

  private static String text(KubeObject object) {
    assertThat(object.key().name()).isNotNull();
    return object.toString();
  }

  /** Records every event. */
  private record Writer(List<String> seen) implements WatchHandler<KubeObject> {
    @Override
    public void added(KubeObject object, String resourceVersion) {
      seen.add("added " + text(object) + " " + resourceVersion);
    }

    @Override
    public void modified(KubeObject object, String resourceVersion) {
      seen.add("modified " + text(object) + " " + resourceVersion);
    }

    @Override
    public void deleted(KubeObject object, String resourceVersion) {
      seen.add("deleted " + text(object) + " " + resourceVersion);
    }

    @Override
    public void bookmark(String resourceVersion, boolean initialEventsEnd) {
      seen.add("bookmark " + resourceVersion + " " + initialEventsEnd);
    }
  }
}
