package io.promdisco.server;

import io.promdisco.scrape.DocumentPart;
import io.promdisco.scrape.RenderedDocument;
import io.promdisco.server.access.ClientAddress;
import io.promdisco.server.access.ClientConnection;
import io.promdisco.util.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** A request and the answer to it. For the thread that answers it. */
final class ServerExchange {
  /** What answers a request. */
  @FunctionalInterface
  interface Answer {
    /** Makes the answer, which is sent afterwards without waiting for the reader. */
    void to(ServerExchange exchange) throws IOException;
  }

  static final String JSON = "application/json";
  static final String TEXT = "text/plain; charset=utf-8";

  /** An Accept-Encoding that takes gzip, which a weight of 0 does not. */
  private static final Pattern GZIP =
      Pattern.compile("(?i)\\bgzip\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))");

  /** Parameters of a query, repeated ones included. */
  private static final int MOST_PARAMETERS = 100;

  /** A request is kept until it has been answered: whole, in pieces and with escapes decoded. */
  private static final long COPIES_OF_HEAD = 4;

  /** The longest message, which may quote the request. */
  private static final int MOST_MESSAGE_CHARACTERS = 2000;

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final ClientConnection connection;
  private final AnswerMemory memory;
  private final Consumer<Runnable> later;
  private @Nullable LongAnswer answer;
  private boolean holds;
  private boolean isLong;
  private @Nullable Fields parameters;
  private @Nullable AnswerSource source;
  private byte @Nullable [] body;

  /**
   * A request that has no answer yet.
   *
   * @param memory what answers hold
   * @param later runs what makes later parts of the answer
   */
  ServerExchange(
      Request request,
      Response response,
      Callback callback,
      AnswerMemory memory,
      BiConsumer<ServerExchange, Runnable> later) {
    this.memory = memory;
    this.later = rest -> later.accept(this, rest);
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.connection = ClientConnection.of(request);
  }

  String method() {
    return request.getMethod();
  }

  /** The path as it was sent, with its escapes. */
  String path() {
    String path = request.getHttpURI().getPath();
    return path == null ? "" : path;
  }

  /** The query as it was sent, with its escapes. */
  String rawQuery() {
    String query = request.getHttpURI().getQuery();
    return query == null ? "" : query;
  }

  String scheme() {
    return request.getHttpURI().getScheme();
  }

  ClientAddress client() {
    return connection.client();
  }

  /** A header of the request. */
  @Nullable String header(String name) {
    return request.getHeaders().get(name);
  }

  /** A parameter of the query, the first of its name; null if there is none. */
  @Nullable String optional(String name) {
    return parameters().getValue(name);
  }

  /** All parameters of the query with a name, in order, without empty ones and repetitions. */
  List<String> all(String name) {
    return parameters().getValuesOrEmpty(name).stream()
        .filter(value -> !value.isEmpty())
        .distinct()
        .toList();
  }

  private Fields parameters() {
    Fields fields = parameters;
    if (fields == null) {
      fields = query();
      parameters = fields;
    }
    return fields;
  }

  private Fields query() {
    String query = request.getHttpURI().getQuery();
    long count = query == null ? 0 : query.chars().filter(c -> c == '&').count() + 1;
    if (count > MOST_PARAMETERS) {
      throw new RequestException(
          400, "query: " + count + " parameters (expected at most " + MOST_PARAMETERS + ")");
    }
    try {
      return Request.extractQueryParameters(request, StandardCharsets.UTF_8);
    } catch (RuntimeException e) {
      throw new RequestException(
          400, "query: not readable (expected name=value, escapes of two hexadecimal digits)");
    }
  }

  /** A parameter of the query, the first of its name; empty if there is none. */
  String parameter(String name) {
    String value = optional(name);
    return value == null ? "" : value;
  }

  ServerExchange status(int status) {
    response.setStatus(status);
    return this;
  }

  /** Sets a header of the answer. */
  ServerExchange set(String name, String value) {
    response.getHeaders().put(name, value);
    return this;
  }

  private void type(String type) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
  }

  /** Answers with a JSON document of any length, made part by part as the reader takes it. */
  void document(Iterator<DocumentPart> parts) throws IOException {
    send(JSON, AnswerSource.json(parts));
  }

  /** Answers with a document that the reader may have already. */
  void document(RenderedDocument document) throws IOException {
    @Nullable String codings = header("Accept-Encoding");
    boolean zip = codings != null && GZIP.matcher(codings).find();
    set("Cache-Control", "no-cache"); // to be kept, but asked for each time
    set("Vary", "Accept-Encoding");
    set("ETag", document.tag(zip));
    @Nullable String known = header("If-None-Match");
    if (known != null && document.isKnownBy(known)) {
      status(304);
      return;
    }
    if (zip) {
      set("Content-Encoding", "gzip");
    }
    send(JSON, zip ? document.gzip() : document.plain());
  }

  /** Answers with a body of any length, made part by part as the reader takes it. */
  void send(String type, AnswerSource parts) {
    type(type);
    body = null;
    source = parts;
  }

  /** Answers with a whole body. */
  void send(String type, byte[] content) {
    type(type);
    source = null;
    body = content;
  }

  /** Answers with a text for people, in which {@link PrintableText} escapes what is foreign. */
  void text(int status, String text) {
    status(status).send(TEXT, PrintableText.lines(text).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Answers with Prometheus's error document under {@code /api}, else with a line. The message is
   * escaped in both.
   */
  void error(int status, String message) {
    String said =
        message.length() <= MOST_MESSAGE_CHARACTERS
            ? message
            : message.substring(0, MOST_MESSAGE_CHARACTERS) + "…";
    if (path().startsWith("/api/")) {
      String type = status < 500 ? "bad_data" : status == 503 ? "unavailable" : "internal";
      String document = ApiDocuments.error(type, PrintableText.lines(said));
      status(status).send(JSON, document.getBytes(StandardCharsets.UTF_8));
    } else {
      text(status, said + "\n");
    }
  }

  /** Begins an answer without a fixed end, which the caller writes from any thread. */
  LongAnswer beginLongAnswer(String type) {
    type(type);
    connection.answersWithoutEnd();
    return longAnswer();
  }

  private LongAnswer longAnswer() {
    isLong = true;
    return answer();
  }

  private LongAnswer answer() {
    LongAnswer known = answer;
    if (known != null) {
      return known;
    }
    LongAnswer made = new LongAnswer(request, response, callback, connection);
    answer = made;
    return made;
  }

  /**
   * Notes that the answer keeps an object in memory until it has been sent, or that it has grown.
   */
  <T> T holding(T thing, long bytes) {
    LongAnswer by = answer();
    if (!holds) {
      holds = true;
      Request.addCompletionListener(request, failure -> memory.release(by));
    }
    memory.hold(by, thing, bytes);
    return thing;
  }

  /**
   * Sends as much of the answer as the reader takes now, and the rest later. Does nothing if a long
   * answer has begun.
   *
   * @param onBreak is told if a part cannot be made
   */
  void end(Consumer<Exception> onBreak) {
    if (isLong) {
      return;
    }
    byte[] whole = body;
    AnswerSource parts = source;
    if (whole != null) {
      set("Content-Length", Integer.toString(whole.length));
      parts = AnswerSource.of(holding(whole, whole.length));
    }
    if (parts == null) {
      callback.succeeded();
    } else {
      holding(request, COPIES_OF_HEAD * headCharacters());
      new PartWriter(parts, longAnswer(), later, onBreak, this::holding).write();
    }
  }

  /** Runs the rest of what makes the answer, when it is the client's turn. */
  void later(Runnable rest) {
    later.accept(rest);
  }

  private long headCharacters() {
    String query = request.getHttpURI().getQuery();
    long characters = (long) path().length() + (query == null ? 0 : query.length());
    for (HttpField field : request.getHeaders()) {
      characters += field.getName().length() + field.getValue().length();
    }
    return characters;
  }

  /** Sends an answer of one part. */
  void end() {
    if (body != null && !isLong) {
      longAnswer().write(true, ByteBuffer.wrap(body), callback);
    } else if (!isLong) {
      callback.succeeded();
    }
  }

  /** Whether a part of the answer may be on its way. */
  boolean hasBegun() {
    return response.isCommitted();
  }

  /** Closes the connection, so that a part of an answer is not taken for the whole. */
  void cut(Throwable cause) {
    callback.failed(cause);
  }
}
