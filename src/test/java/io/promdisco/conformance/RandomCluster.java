package io.promdisco.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.conformance.KubernetesCase.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A small cluster with its own namespaces and nodes: its initial objects, and one change after the
 * other. The same seed makes the same cluster.
 */
final class RandomCluster {
  final String name;
  final List<String> namespaces = new ArrayList<>();
  final List<String> nodes = new ArrayList<>();
  private final RandomObjects make;
  private final Random random;
  private final Map<String, ObjectNode> present = new LinkedHashMap<>();
  private List<Operation> operations = new ArrayList<>();

  RandomCluster(String name, long seed) {
    this.name = name;
    random = new Random(seed);
    for (int i = random.nextInt(3); i >= 0; i--) {
      namespaces.add(name + "-ns" + i);
    }
    for (int i = random.nextInt(3); i >= 0; i--) {
      nodes.add(name + (random.nextInt(3) == 0 ? ".n" + i + ".example.com" : "-n" + i));
    }
    make = new RandomObjects(random, name, nodes);
  }

  /** Returns the initial objects; kubectl can write all of them as YAML. */
  List<Operation> start() {
    nodes.forEach(node -> create(make.node(node)));
    namespaces.forEach(namespace -> create(make.namespace(namespace)));
    for (String namespace : namespaces) {
      for (int i = random.nextInt(3); i > 0; i--) {
        create(make.replicaSet(namespace, "rs-" + i));
        create(make.job(namespace, "job-" + i));
      }
      for (int i = 1 + random.nextInt(4); i >= 0; i--) {
        create(make.pod(namespace, dotted("pod-" + i)));
      }
      for (int i = random.nextInt(3); i >= 0; i--) {
        create(make.service(namespace, "svc-" + i));
      }
    }
    for (String namespace : namespaces) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        create(make.endpoints(namespace, "svc-" + i, pods(namespace)));
      }
      for (int i = random.nextInt(4); i >= 0; i--) {
        create(make.slice(namespace, dotted("slice-" + i), pods(namespace)));
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        create(make.ingress(namespace, dotted("ing-" + i)));
      }
    }
    make.allowUnprintable();
    return taken();
  }

  private String dotted(String object) {
    return make.chance(8) ? object + ".x.9" + "y".repeat(random.nextInt(200)) : object;
  }

  /** Some changes. */
  List<Operation> step() {
    makeMissingNamespaces();
    for (int i = 3 + random.nextInt(6); i > 0; i--) {
      change();
    }
    return taken();
  }

  /** Many changes. */
  List<Operation> storm() {
    makeMissingNamespaces();
    for (int i = 20 + random.nextInt(10); i > 0; i--) {
      change();
    }
    return taken();
  }

  private void makeMissingNamespaces() {
    for (String namespace : namespaces) {
      if (!present.containsKey("Namespace//" + namespace)) {
        create(make.namespace(namespace));
      }
    }
  }

  private List<Operation> taken() {
    List<Operation> taken = operations;
    operations = new ArrayList<>();
    return taken;
  }

  private void change() {
    ObjectNode object = make.one(List.copyOf(present.values()));
    String kind = object.get("kind").asText();
    if (make.chance(4)) {
      replace(object, kind);
      return;
    }
    ObjectNode changed = object.deepCopy();
    if (make.chance(3)) {
      make.relabel(changed);
    } else {
      modify(changed, kind);
    }
    present.put(key(changed), changed);
    operations.add(new Operation("update", changed.deepCopy()));
  }

  private void modify(ObjectNode changed, String kind) {
    List<ObjectNode> pods = pods(changed.at("/metadata/namespace").asText());
    switch (kind) {
      case "Pod" -> {
        if (changed.at("/spec/nodeName").isTextual() && make.chance(6)) {
          make.delete(changed);
        } else {
          make.podStatus(changed);
        }
      }
      case "Node" -> make.nodeStatus(changed);
      case "Service" -> {
        if (changed.has("status") && make.chance(2)) {
          make.balancer(changed);
        } else {
          make.servicePorts(changed, false);
        }
      }
      case "Endpoints" -> make.subsets(changed, pods);
      case "EndpointSlice" -> {
        if (make.chance(3)) {
          make.service(changed);
        } else {
          make.endpoints(changed, pods);
        }
      }
      case "Ingress" -> make.ingressSpec(changed);
      case "ReplicaSet" -> make.higherOwner(changed, "Deployment");
      case "Job" -> make.higherOwner(changed, "CronJob");
      default -> make.relabel(changed);
    }
  }

  /** Deletes an object, and usually creates another one with its name. */
  private void replace(ObjectNode object, String kind) {
    operations.add(new Operation("delete", object.deepCopy()));
    present.remove(key(object));
    boolean again = !make.chance(kind.equals("Namespace") ? 9 : 3);
    if (!again) {
      return;
    }
    String namespace = object.at("/metadata/namespace").asText();
    String of = object.at("/metadata/name").asText();
    create(
        switch (kind) {
          case "Pod" -> make.pod(namespace, of);
          case "Node" -> make.node(of);
          case "Service" -> make.service(namespace, of);
          case "Endpoints" -> make.endpoints(namespace, of, pods(namespace));
          case "EndpointSlice" -> make.slice(namespace, of, pods(namespace));
          case "Ingress" -> make.ingress(namespace, of);
          case "ReplicaSet" -> make.replicaSet(namespace, of);
          case "Job" -> make.job(namespace, of);
          default -> make.namespace(of);
        });
  }

  private void create(ObjectNode object) {
    present.put(key(object), object);
    operations.add(new Operation("create", object.deepCopy()));
  }

  /**
   * Returns the pods that endpoints in a namespace refer to: its own, sometimes those of another.
   */
  private List<ObjectNode> pods(String namespace) {
    String of = make.chance(8) ? make.one(namespaces) : namespace;
    return present.values().stream()
        .filter(object -> object.get("kind").asText().equals("Pod"))
        .filter(object -> object.at("/metadata/namespace").asText().equals(of))
        .toList();
  }

  private static String key(ObjectNode object) {
    return object.get("kind").asText()
        + "/"
        + object.at("/metadata/namespace").asText()
        + "/"
        + object.at("/metadata/name").asText();
  }
}
