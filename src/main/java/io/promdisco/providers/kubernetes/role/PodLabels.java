package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectMeta.OwnerRef;
import io.promdisco.providers.kubernetes.object.PodView;
import org.jspecify.annotations.Nullable;

/** The labels of a pod for its own group, and for endpoints that refer to it. */
final class PodLabels {
  static final String CONTAINER_ID = MetaLabels.PREFIX + "pod_container_id";
  static final String CONTAINER_IMAGE = MetaLabels.PREFIX + "pod_container_image";
  static final String CONTAINER_INIT = MetaLabels.PREFIX + "pod_container_init";
  static final String CONTAINER_NAME = MetaLabels.PREFIX + "pod_container_name";
  static final String PORT_NAME = MetaLabels.PREFIX + "pod_container_port_name";
  static final String PORT_NUMBER = MetaLabels.PREFIX + "pod_container_port_number";
  static final String PORT_PROTOCOL = MetaLabels.PREFIX + "pod_container_port_protocol";

  private static final String CONTROLLER_KIND = MetaLabels.PREFIX + "pod_controller_kind";
  private static final String CONTROLLER_NAME = MetaLabels.PREFIX + "pod_controller_name";
  private static final String CRON_JOB = MetaLabels.PREFIX + "pod_cronjob_name";
  private static final String DEPLOYMENT = MetaLabels.PREFIX + "pod_deployment_name";
  private static final String HOST_IP = MetaLabels.PREFIX + "pod_host_ip";
  private static final String IP = MetaLabels.PREFIX + "pod_ip";
  private static final String JOB = MetaLabels.PREFIX + "pod_job_name";
  private static final String NAME = MetaLabels.PREFIX + "pod_name";
  private static final String NODE_NAME = MetaLabels.PREFIX + "pod_node_name";
  private static final String PHASE = MetaLabels.PREFIX + "pod_phase";
  private static final String READY = MetaLabels.PREFIX + "pod_ready";
  private static final String UID = MetaLabels.PREFIX + "pod_uid";

  private final ObjectLabels own = new ObjectLabels("pod");
  private final AttachMetadata attach;

  PodLabels(AttachMetadata attach) {
    this.attach = attach;
  }

  /** Returns the maximum number of labels that {@link #add} adds. */
  static int count(PodView pod) {
    return ObjectLabels.count(pod.meta()) + 12;
  }

  /** Adds the labels in the order of their names. */
  void add(Labels.Builder out, PodView pod, ObjectLookup lookup) {
    ObjectMeta meta = pod.meta();
    own.addAnnotations(out, meta);
    OwnerRef owner = meta.controller();
    String jobName = null;
    if (owner != null) {
      boolean ofJob = owner.kind().equals("Job");
      MetaLabels.put(out, CONTROLLER_KIND, owner.kind());
      MetaLabels.put(out, CONTROLLER_NAME, owner.name());
      if (ofJob && attach.cronJob()) {
        MetaLabels.put(out, CRON_JOB, controller(lookup.job(ownerKey(meta, owner)), "CronJob"));
      }
      if (owner.kind().equals("ReplicaSet") && attach.deployment()) {
        MetadataView replicaSet = lookup.replicaSet(ownerKey(meta, owner));
        MetaLabels.put(out, DEPLOYMENT, controller(replicaSet, "Deployment"));
      }
      jobName = ofJob && attach.job() ? owner.name() : null;
    }
    MetaLabels.put(out, HOST_IP, pod.hostIp());
    MetaLabels.put(out, IP, pod.ip());
    MetaLabels.put(out, JOB, jobName);
    own.addLabels(out, meta);
    MetaLabels.put(out, NAME, meta.name());
    MetaLabels.put(out, NODE_NAME, pod.nodeName());
    MetaLabels.put(out, PHASE, pod.phase());
    out.set(READY, pod.ready().isEmpty() ? "unknown" : MetaLabels.lower(pod.ready()));
    MetaLabels.put(out, UID, meta.uid());
  }

  private static ObjectKey ownerKey(ObjectMeta meta, OwnerRef owner) {
    return new ObjectKey(meta.namespace(), owner.name());
  }

  private static @Nullable String controller(@Nullable MetadataView object, String kind) {
    OwnerRef owner = object == null ? null : object.meta().controller();
    return owner == null || !owner.kind().equals(kind) ? null : owner.name();
  }
}
