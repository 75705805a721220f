package io.promdisco.sim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;

/** The users and their permissions. Safe for all threads. */
final class SimUsers {
  private static final String ANONYMOUS = "system:anonymous";

  @GuardedBy("this")
  private final Map<String, String> userByToken;

  @GuardedBy("this")
  private final Map<String, Permissions> permissions;

  SimUsers(SimOptions options) {
    userByToken = new HashMap<>(options.userByToken);
    permissions = new HashMap<>(options.permissions);
  }

  synchronized void put(String user, String token, Permissions may) {
    userByToken.put(token, user);
    permissions.put(user, may);
  }

  synchronized void revoke(String token) {
    userByToken.remove(token);
  }

  synchronized String firstToken() {
    return userByToken.keySet().stream().sorted().findFirst().orElse("");
  }

  /** Returns the user of {@code request}, or throws 401. */
  synchronized String authenticate(HttpRequest request) {
    String header = request.header("authorization");
    String token = header.startsWith("Bearer ") ? header.substring("Bearer ".length()).strip() : "";
    String user = userByToken.get(token);
    if (user != null) {
      return user;
    }
    if (permissions.isEmpty()) {
      return "admin";
    }
    if (header.isEmpty()) {
      return ANONYMOUS;
    }
    throw StatusException.of(401, "Unauthorized");
  }

  synchronized boolean allows(String user, String verb, String resource, String namespace) {
    return permissions.isEmpty()
        || permissions.getOrDefault(user, Permissions.NONE).allows(verb, resource, namespace);
  }

  synchronized void authorize(String user, Route route) {
    String resource = route.resource().plural() + (route.status() ? "/status" : "");
    if (!allows(user, route.verb(), resource, route.namespace())) {
      String where =
          route.namespace().isEmpty()
              ? "at the cluster scope"
              : "in the namespace \"" + route.namespace() + "\"";
      throw StatusException.forbidden(
          route.resource(),
          route.name(),
          "User \""
              + user
              + "\" cannot "
              + route.verb()
              + " resource \""
              + resource
              + "\" in API group \""
              + route.resource().group()
              + "\" "
              + where);
    }
  }
}
