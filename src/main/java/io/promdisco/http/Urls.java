package io.promdisco.http;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;

/** URLs of servers as people write them. */
public final class Urls {
  private Urls() {}

  /**
   * Scheme, host, port and path of a server; without user, query, or a slash at the end.
   *
   * @param path the setting, for errors
   */
  public static URI server(String text, String path) throws IOException {
    try {
      URI uri = new URI(text.contains("://") ? text : "https://" + text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null) {
        String folder = uri.getPath() == null ? "" : uri.getPath();
        while (folder.endsWith("/")) {
          folder = folder.substring(0, folder.length() - 1);
        }
        return new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), folder, null, null);
      }
    } catch (URISyntaxException e) {
      throw new IOException(path + ": not a URL (expected https://host:port)", e);
    }
    throw new IOException(path + ": not a URL of a server (expected https://host:port)");
  }

  /** The user and password in a URL, or the empty string. */
  static String userInfo(String text) {
    try {
      String info = new URI(text).getUserInfo();
      return info == null ? "" : info;
    } catch (URISyntaxException e) {
      return ""; // server() says what is wrong with it.
    }
  }
}
