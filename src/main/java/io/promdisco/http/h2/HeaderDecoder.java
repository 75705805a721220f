package io.promdisco.http.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Reads compressed header fields (RFC 7541). Keeps what the server wants to refer to later, at most
 * {@link #TABLE} bytes. For one thread.
 */
final class HeaderDecoder {
  /** Size of the table that a server may fill, by the count of RFC 7541, section 4.1. */
  static final int TABLE = 4096;

  /** The longest header fields together that are taken, bytes by the same count. */
  static final int LONGEST = 256 << 10;

  private static final int OVERHEAD = 32; // of a field, by that count

  private static final List<Field> STATIC =
      fields(
          (":authority=|:method=GET|:method=POST|:path=/|:path=/index.html|:scheme=http"
                  + "|:scheme=https|:status=200|:status=204|:status=206|:status=304|:status=400"
                  + "|:status=404|:status=500|accept-charset=|accept-encoding=gzip, deflate"
                  + "|accept-language=|accept-ranges=|accept=|access-control-allow-origin=|age="
                  + "|allow=|authorization=|cache-control=|content-disposition=|content-encoding="
                  + "|content-language=|content-length=|content-location=|content-range="
                  + "|content-type=|cookie=|date=|etag=|expect=|expires=|from=|host=|if-match="
                  + "|if-modified-since=|if-none-match=|if-range=|if-unmodified-since="
                  + "|last-modified=|link=|location=|max-forwards=|proxy-authenticate="
                  + "|proxy-authorization=|range=|referer=|refresh=|retry-after=|server="
                  + "|set-cookie=|strict-transport-security=|transfer-encoding=|user-agent=|vary="
                  + "|via=|www-authenticate=")
              .split("\\|"));

  private final ArrayDeque<Field> table = new ArrayDeque<>(); // the newest first
  private int tableSize;
  private int tableLimit = TABLE;

  private byte[] bytes = new byte[0];
  private int at;
  private int end;

  private static List<Field> fields(String... texts) {
    List<Field> fields = new ArrayList<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      fields.add(new Field(text.substring(0, equals), text.substring(equals + 1)));
    }
    return List.copyOf(fields);
  }

  /** The fields of a block of {@code length} bytes. */
  List<Field> decode(byte[] block, int length) throws Http2Exception {
    bytes = block;
    at = 0;
    end = length;
    List<Field> fields = new ArrayList<>();
    int size = 0;
    while (at < end) {
      int first = bytes[at] & 0xff;
      Field field;
      if ((first & 0x80) != 0) {
        field = known(integer(7));
      } else if ((first & 0x40) != 0) {
        field = literal(6);
        remember(field);
      } else if ((first & 0x20) != 0) {
        if (!fields.isEmpty()) {
          throw broken("a table that changes amidst header fields");
        }
        resize(integer(5));
        continue;
      } else {
        field = literal(4);
      }
      size += size(field);
      if (size > LONGEST) {
        throw broken("more than " + LONGEST + " bytes of header fields");
      }
      fields.add(field);
    }
    return fields;
  }

  private Field literal(int prefix) throws Http2Exception {
    int index = integer(prefix);
    String name = index == 0 ? text() : known(index).name();
    return new Field(name, text());
  }

  private Field known(int index) throws Http2Exception {
    if (index >= 1 && index <= STATIC.size()) {
      return STATIC.get(index - 1);
    }
    int place = index - STATIC.size() - 1;
    if (place < 0 || place >= table.size()) {
      throw broken("no header field " + index);
    }
    Iterator<Field> fields = table.iterator();
    for (; place > 0; place--) {
      fields.next();
    }
    return fields.next();
  }

  private void remember(Field field) {
    table.addFirst(field);
    tableSize += size(field);
    shrink();
  }

  private void resize(int limit) throws Http2Exception {
    if (limit > TABLE) {
      throw broken("a table of " + limit + " bytes");
    }
    tableLimit = limit;
    shrink();
  }

  private void shrink() {
    while (tableSize > tableLimit) {
      tableSize -= size(table.removeLast());
    }
  }

  private static int size(Field field) {
    return field.name().length() + field.value().length() + OVERHEAD;
  }

  private int next() throws Http2Exception {
    if (at == end) {
      throw broken("header fields that break off");
    }
    return bytes[at++] & 0xff;
  }

  /** A number in the last {@code prefix} bits of a byte and those that follow (section 5.1). */
  private int integer(int prefix) throws Http2Exception {
    int most = (1 << prefix) - 1;
    long value = next() & most;
    if (value < most) {
      return (int) value;
    }
    for (int shift = 0; ; shift += 7) {
      int b = next();
      value += (long) (b & 0x7f) << shift;
      if (shift > 28 || value > Integer.MAX_VALUE) {
        throw broken("a number that is too large");
      }
      if ((b & 0x80) == 0) {
        return (int) value;
      }
    }
  }

  private String text() throws Http2Exception {
    boolean coded = at < end && (bytes[at] & 0x80) != 0;
    int length = integer(7);
    if (length > end - at) {
      throw broken("header fields that break off");
    }
    int from = at;
    at += length;
    if (!coded) {
      return new String(bytes, from, length, ISO_8859_1);
    }
    StringBuilder text = new StringBuilder(length * 2);
    Huffman.decode(bytes, from, length, text);
    return text.toString();
  }

  private static Http2Exception broken(String what) {
    return Http2Exception.broken(Http2Exception.COMPRESSION_ERROR, what);
  }
}
