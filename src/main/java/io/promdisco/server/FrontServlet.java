package io.promdisco.server;

import io.javalin.http.servlet.JavalinServlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/**
 * Lets Javalin answer, then cuts the connection if the answer broke off: Javalin would end it as if
 * it were whole.
 */
final class FrontServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  /** The request attribute that holds why its answer broke off. */
  static final String BROKEN_OFF = "io.promdisco.server.broken-off";

  private final transient JavalinServlet javalin;

  FrontServlet(JavalinServlet javalin) {
    this.javalin = javalin;
  }

  @Override
  public void init(ServletConfig config) throws ServletException {
    super.init(config);
    javalin.init(config);
  }

  @Override
  public void service(ServletRequest request, ServletResponse response)
      throws ServletException, IOException {
    javalin.service(request, response);
    if (request.getAttribute(BROKEN_OFF) instanceof Exception cause) {
      ServletContextRequest.getServletContextRequest(request).getServletChannel().abort(cause);
    }
  }
}
