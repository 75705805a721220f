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

/** A request and its answer. For the thread that answers it. */
final class ServerExchange {
  /** Answers a request. */
  @FunctionalInterface
  interface Answer {
    /** Makes the answer, which is sent afterwards without waiting for the client. */
    void to(ServerExchange exchange) throws IOException;
  }

  static final String JSON = "application/json";
  static final String TEXT = "text/plain; charset=utf-8";

  /** An Accept-Encoding that allows gzip; a weight of 0 forbids it. */
  private static final Pattern GZIP =
      Pattern.compile("(?i)\\bgzip\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))");

  /** The maximum number of parameters of a query, including repeated ones. */
  private static final int MOST_PARAMETERS = 100;

  /**
   * Until it is answered, a request is in memory several times: as a whole, in parts, and decoded.
   */
  private static final long COPIES_OF_HEAD = 4;

  /** The maximum length of a message, which may quote the request. */
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
   * Creates an exchange for a request without an answer.
   *
   * @param memory counts the memory of answers
   * @param later runs the tasks that make later parts of the answer
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

  /** Returns the path as it was sent, with its escapes. */
  String path() {
    String path = request.getHttpURI().getPath();
    return path == null ? "" : path;
  }

  /** Returns the query as it was sent, with its escapes. */
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

  /** Returns a header of the request. */
  @Nullable String header(String name) {
    return request.getHeaders().get(name);
  }

  /** Returns the first parameter of this name, or null. */
  @Nullable String optional(String name) {
    return parameters().getValue(name);
  }

  /** Returns all values of a parameter in order, without empty ones and repetitions. */
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
          400, "query: not readable (expected name=value, with % before two hexadecimal digits)");
    }
  }

  /** Returns the first parameter of this name, or an empty string. */
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

  /** Answers with a JSON document of any length, which is made in parts as the client reads it. */
  void document(Iterator<DocumentPart> parts) throws IOException {
    send(JSON, AnswerSource.json(parts));
  }

  /** Answers with a document that the client may have in its cache. */
  void document(RenderedDocument document) throws IOException {
    @Nullable String codings = header("Accept-Encoding");
    boolean zip = codings != null && GZIP.matcher(codings).find();
    set("Cache-Control", "no-cache"); // clients may cache it, but must ask each time
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

  /** Answers with a body of any length, which is made in parts as the client reads it. */
  void send(String type, AnswerSource parts) {
    type(type);
    body = null;
    source = parts;
  }

  /** Answers with a complete body. */
  void send(String type, byte[] content) {
    type(type);
    source = null;
    body = content;
  }

  /** Answers with a text. */
  void text(int status, String text) {
    status(status).send(TEXT, PrintableText.lines(text).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Answers with an error: under {@code /api} with Prometheus's error document, otherwise with a
   * line.
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

  /** Begins an answer without a known end. The caller writes it from any thread. */
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
   * Records that the answer keeps an object in memory until it is sent, or that the object has
   * grown.
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
   * Sends as much of the answer as the client reads now, and the rest later. Does nothing if a long
   * answer has begun.
   *
   * @param onBreak called if a part cannot be made
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

  /** Runs the rest of the work for the answer when it is the client's turn. */
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

  /** Whether a part of the answer may have been sent. */
  boolean hasBegun() {
    return response.isCommitted();
  }

  /**
   * Closes the connection, so that the client does not take an incomplete answer for a complete
   * one.
   */
  void cut(Throwable cause) {
    callback.failed(cause);
  }
}
