package io.promdisco.providers.kubernetes.client.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.http.BodyReader;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient.Page;
import io.promdisco.providers.kubernetes.watch.ResourceClient.WatchHandler;
import io.promdisco.util.ExceptionCauses;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Reads {@code application/json}: lists item by item, watches document by document. A decoder of a
 * stream is for one thread; {@link #decode} is safe for all threads.
 */
public final class JsonDecoder implements Decoder {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Returns a parser for one answer. API servers use UTF-8; detection could take invalid data for
   * another encoding. Parsers of one factory share a table of names, which names with equal hashes
   * make unusable: a hostile server could make the answers of other servers unreadable.
   */
  private static JsonParser newParser(InputStream bytes) throws IOException {
    JsonFactory factory =
        JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION).build();
    factory.setCodec(MAPPER);
    return factory.createParser(bytes);
  }

  private final UnaryOperator<String> share;

  JsonDecoder(SharedValues shared) {
    this.share = shared.strings()::share;
  }

  /**
   * Reads one object that is already parsed, from a manifest or a dump. Missing fields get the
   * values that an API server would use; {@code apiVersion} and {@code kind} are ignored.
   *
   * @throws IOException if a field has the wrong type; the message contains its path
   */
  public static <V extends KubeObject> V decode(Resource<V> resource, JsonNode node)
      throws IOException {
    return decode(resource, node, UnaryOperator.identity());
  }

  /**
   * Checks the types of all fields that {@link #decode} reads.
   *
   * @param odd receives each number or boolean in place of a string, for example {@code
   *     metadata.name: 5 (expected …)}; its text is used as the string
   * @throws IOException if a field has another type; the message contains its path
   */
  public static void check(Resource<?> resource, JsonNode node, Consumer<String> odd)
      throws IOException {
    JsonFields.ReadOptions reading = new JsonFields.ReadOptions(UnaryOperator.identity(), odd);
    JsonViews.read(resource.kind(), JsonFields.of(node, "", reading));
  }

  private static <V extends KubeObject> V decode(
      Resource<V> resource, JsonNode node, UnaryOperator<String> share) throws IOException {
    if (resource.isDocument()) {
      return resource.view().cast(JsonViews.document(resource, node));
    }
    JsonFields.ReadOptions reading = JsonFields.ReadOptions.sharing(share);
    return resource
        .view()
        .cast(JsonViews.read(resource.kind(), JsonFields.of(node, resource.kind(), reading)));
  }

  @Override
  public <V extends KubeObject> Page list(
      Resource<V> resource, BodyReader body, Consumer<? super V> items)
      throws IOException, InterruptedException {
    String what = resource.kind() + " list";
    return read(what, body, (parser, bytes) -> readList(resource, parser, bytes, items));
  }

  private interface Work<T> {
    T apply(JsonParser parser, Bounded bytes) throws IOException;
  }

  private static <T> T read(String what, BodyReader body, Work<T> work)
      throws IOException, InterruptedException {
    try (Bounded bytes = new Bounded(body.stream(), what);
        JsonParser parser = newParser(bytes)) {
      return work.apply(parser, bytes);
    } catch (InterruptedIOException e) {
      Thread.interrupted(); // The exception reports it now.
      throw (InterruptedException)
          new InterruptedException("interrupted while reading").initCause(e);
    } catch (JsonProcessingException e) {
      throw malformed(what, body, e);
    }
  }

  private <V extends KubeObject> Page readList(
      Resource<V> resource, JsonParser parser, Bounded bytes, Consumer<? super V> items)
      throws IOException {
    String what = resource.kind() + " list";
    String kind = "";
    JsonNode meta = MAPPER.missingNode();
    ObjectNode rest = MAPPER.createObjectNode();
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new IOException(what + ": not a JSON object at byte 0");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (name.equals("items") && token == JsonToken.START_ARRAY) {
        if (!kind.isEmpty()) {
          expect(what, kind, resource.kind() + "List");
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          bytes.restart();
          items.accept(decode(resource, MAPPER.readTree(parser), share));
        }
      } else {
        JsonNode value = MAPPER.readTree(parser);
        if (name.equals("kind")) {
          kind = value.asText();
        } else if (name.equals("metadata")) {
          meta = value;
        } else {
          rest.set(name, value);
        }
      }
    }
    if (kind.equals(ApiStatus.KIND)) {
      throw ApiStatus.ofJson(rest).toException();
    }
    expect(what, kind, resource.kind() + "List");
    return new Page(
        meta.path("resourceVersion").asText(""),
        meta.path("continue").asText(""),
        meta.path("remainingItemCount").asLong(-1));
  }

  private static void expect(String what, String kind, String expected) throws IOException {
    if (!kind.equals(expected) && !kind.equals(ApiStatus.KIND)) {
      throw new IOException(what + ": kind: " + kind + " (expected " + expected + ")");
    }
  }

  @Override
  public <V extends KubeObject> void watch(
      Resource<V> resource, BodyReader body, WatchHandler<? super V> handler)
      throws IOException, InterruptedException {
    read(
        resource.kind() + " event",
        body,
        (parser, bytes) -> {
          while (parser.nextToken() != null) {
            bytes.restart();
            event(resource, MAPPER.readTree(parser), handler);
            bytes.restart();
          }
          return Boolean.TRUE;
        });
  }

  private <V extends KubeObject> void event(
      Resource<V> resource, JsonNode event, WatchHandler<? super V> handler) throws IOException {
    String what = resource.kind() + " event";
    String type = event.path("type").asText("");
    JsonNode node = event.path("object");
    if (type.equals("ERROR")) {
      throw ApiStatus.ofJson(node).toException();
    }
    String kind = node.path("kind").asText("");
    if (!kind.equals(resource.kind())) {
      throw new IOException(what + ": kind: " + kind + " (expected " + resource.kind() + ")");
    }
    String version = node.path("metadata").path("resourceVersion").asText("");
    switch (type) {
      case "ADDED" -> handler.added(decode(resource, node, share), version);
      case "MODIFIED" -> handler.modified(decode(resource, node, share), version);
      case "DELETED" -> handler.deleted(decode(resource, node, share), version);
      case "BOOKMARK" -> {
        ObjectMeta meta =
            JsonViews.meta(
                JsonFields.of(
                    node,
                    resource.kind(),
                    JsonFields.ReadOptions.sharing(UnaryOperator.identity())));
        handler.bookmark(version, meta.annotations().getOrEmpty(INITIAL_EVENTS_END).equals("true"));
      }
      default ->
          throw new IOException(
              what + ": type: " + type + " (expected ADDED, MODIFIED, DELETED, BOOKMARK or ERROR)");
    }
  }

  @Override
  public ApiStatus status(byte[] bytes) throws IOException {
    try (JsonParser parser = newParser(new ByteArrayInputStream(bytes))) {
      JsonNode status = MAPPER.readTree(parser);
      return ApiStatus.ofJson(status == null ? MAPPER.missingNode() : status);
    }
  }

  private static IOException malformed(String what, BodyReader body, JsonProcessingException e) {
    String problem =
        e instanceof StreamConstraintsException
            ? "too deep or too long"
            : ExceptionCauses.ofJson(e.getOriginalMessage());
    long at = e.getLocation() == null ? body.position() : e.getLocation().getByteOffset();
    return new IOException(what + ": not JSON at byte " + at + ": " + problem, e);
  }

  /** Allows at most {@link Decoder#LARGEST} bytes between two restarts. */
  private static final class Bounded extends FilterInputStream {
    private final String what;
    private long left = LARGEST;

    Bounded(InputStream in, String what) {
      super(in);
      this.what = what;
    }

    void restart() {
      left = LARGEST;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      left -= count;
      if (left < 0) {
        throw new IOException(what + ": an object of more than " + LARGEST + " bytes");
      }
      return count;
    }
  }
}
