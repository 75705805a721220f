package io.promdisco.http;

import io.promdisco.http.tls.TlsFailures;
import io.promdisco.util.ExceptionCauses;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;

/** Describes failures of connections in one line for people. */
final class ConnectionFailures {
  private ConnectionFailures() {}

  /**
   * Returns why a request got no answer or an incomplete one, in one line for people.
   *
   * @param server its URL without credentials
   * @param client what the server requested from the client in the TLS handshake; may be empty
   */
  static String explain(Throwable problem, URI server, String client) {
    SSLException tls = ExceptionCauses.find(problem, SSLException.class);
    if (tls != null) {
      return TlsFailures.text(tls, server, client);
    }
    if (problem instanceof HttpConnectTimeoutException) {
      return "cannot connect to " + server + ": no answer";
    }
    if (ExceptionCauses.find(problem, UnresolvedAddressException.class) != null
        || ExceptionCauses.find(problem, UnknownHostException.class) != null) {
      return "cannot connect to " + server + ": unknown host " + server.getHost();
    }
    if (ExceptionCauses.find(problem, NoRouteToHostException.class) != null) {
      return "cannot connect to " + server + ": no route to host";
    }
    if (problem instanceof ConnectException) {
      return "cannot connect to "
          + server
          + ": "
          + ExceptionCauses.lower(ExceptionCauses.detail(problem, "connection refused"));
    }
    return "connection to "
        + server
        + " broke: "
        + ExceptionCauses.lower(ExceptionCauses.detail(problem, "closed"))
        + (client.isEmpty() ? "" : " (" + client + ")");
  }

  /** Converts an exception of the HTTP library to one whose message is part of a sentence. */
  static IOException ofHttp(Exception problem) {
    if (problem instanceof MessageConstraintException) {
      return new IOException("its headers are too long", problem);
    }
    boolean isCut =
        problem instanceof ConnectionClosedException
            || problem instanceof NoHttpResponseException
            || problem instanceof TruncatedChunkException
            || (problem instanceof MalformedChunkCodingException
                && String.valueOf(problem.getMessage()).startsWith("CRLF expected"));
    if (isCut) {
      EOFException closed = new EOFException("closed");
      closed.initCause(problem);
      return closed;
    }
    return problem instanceof IOException io
        ? io
        : new IOException("its answer is not HTTP", problem);
  }
}
