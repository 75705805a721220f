package io.promdisco.sim;

import io.promdisco.providers.kubernetes.object.Resource;
import java.util.List;
import java.util.Optional;

/**
 * The action and the object of a request.
 *
 * @param verb the verb, as in permissions
 * @param resource the resource of the objects
 * @param namespace empty for the cluster scope
 * @param name empty for the collection
 * @param status whether only the status is meant
 */
record Route(String verb, Resource<?> resource, String namespace, String name, boolean status) {

  /**
   * Parses method and path; empty if the path is not that of a known resource.
   *
   * @throws StatusException with code 405 if the method is not allowed
   */
  static Optional<Route> of(HttpRequest request) {
    List<String> parts = List.of(request.path().split("/"));
    int from;
    String group;
    if (parts.size() > 3 && parts.get(1).equals("api")) {
      group = "";
      from = 2;
    } else if (parts.size() > 4 && parts.get(1).equals("apis")) {
      group = parts.get(2);
      from = 3;
    } else {
      return Optional.empty();
    }
    String version = parts.get(from);
    List<String> rest = parts.subList(from + 1, parts.size());
    String namespace = "";
    if (rest.size() > 2 && rest.get(0).equals("namespaces") && !rest.get(2).equals("status")) {
      namespace = rest.get(1);
      rest = rest.subList(2, rest.size());
    }
    if (rest.size() > 3 || (rest.size() == 3 && !rest.get(2).equals("status"))) {
      return Optional.empty();
    }
    Optional<Resource<?>> resource = resource(group, version, rest.get(0));
    if (resource.isEmpty() || (!namespace.isEmpty() && !resource.get().namespaced())) {
      return Optional.empty();
    }
    String name = rest.size() > 1 ? rest.get(1) : "";
    String verb = verb(request, name, resource.get(), namespace);
    return Optional.of(new Route(verb, resource.get(), namespace, name, rest.size() == 3));
  }

  private static Optional<Resource<?>> resource(String group, String version, String plural) {
    for (Resource<?> resource : Resource.ALL) {
      if (resource.plural().equals(plural)
          && resource.group().equals(group)
          && resource.version().equals(version)) {
        return Optional.of(resource);
      }
    }
    return Optional.empty();
  }

  private static String verb(
      HttpRequest request, String name, Resource<?> resource, String namespace) {
    boolean one = !name.isEmpty();
    boolean whole = !resource.namespaced() || !namespace.isEmpty();
    String verb =
        switch (request.method()) {
          case "GET" -> one ? "get" : request.flag("watch") ? "watch" : "list";
          case "POST" -> one || !whole ? "" : "create";
          case "PUT" -> one ? "update" : "";
          case "DELETE" -> one ? "delete" : "";
          default -> "";
        };
    if (verb.isEmpty() || (one && !whole)) {
      throw StatusException.of(
          405, "the server does not allow this method on the requested resource");
    }
    return verb;
  }
}
