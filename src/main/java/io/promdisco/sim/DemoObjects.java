package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;

/** The objects of the demo cluster. */
final class DemoObjects {
  private DemoObjects() {}

  static ObjectNode namespace(String name, String team) {
    return new ObjectTemplate("namespace").with("name", name).with("team", team).object();
  }

  static ObjectNode node(String name, int number) {
    String zone = "eu-1" + (char) ('a' + number % 3);
    return new ObjectTemplate("node")
        .with("name", name)
        .with("number", number)
        .with("zone", zone)
        .object();
  }

  static ObjectNode ingress(String namespace, String name, String host, String path, String app) {
    return new ObjectTemplate("ingress")
        .with("namespace", namespace)
        .with("name", name)
        .with("host", host)
        .with("path", path)
        .with("app", app)
        .object();
  }

  static ObjectNode job(String namespace, String cronJob, String name) {
    return new ObjectTemplate("job")
        .with("namespace", namespace)
        .with("cronJob", cronJob)
        .with("name", name)
        .object();
  }

  static ObjectNode jobPod(String namespace, String cronJob, String job) {
    return new ObjectTemplate("job-pod")
        .with("namespace", namespace)
        .with("cronJob", cronJob)
        .with("job", job)
        .object();
  }

  /** Assigns a pod to a node and gives it an address; it is running but not ready. */
  static void start(ObjectNode pod, String node, int nodeNumber, String ip) {
    KubernetesJson.child(pod, "spec").put("nodeName", node);
    ObjectNode status = KubernetesJson.child(pod, "status");
    status.put("phase", "Running").put("podIP", ip).put("hostIP", "10.0.0." + nodeNumber);
    status.putArray("podIPs").addObject().put("ip", ip);
    status
        .putArray("containerStatuses")
        .addObject()
        .put("name", pod.at("/spec/containers/0/name").asText())
        .put("containerID", "containerd://" + KubernetesJson.text(pod, "metadata", "uid"));
    setReady(pod, false);
  }

  static void setReady(ObjectNode pod, boolean ready) {
    ObjectNode status = KubernetesJson.child(pod, "status");
    ArrayNode conditions = status.putArray("conditions");
    conditions.addObject().put("type", "PodScheduled").put("status", "True");
    conditions.addObject().put("type", "Ready").put("status", ready ? "True" : "False");
    if (status.at("/containerStatuses/0") instanceof ObjectNode container) {
      container.put("ready", ready);
    }
  }
}
