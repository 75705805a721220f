package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.ArrayList;
import java.util.List;

/** A target for each port of each service, under its name in the cluster's DNS. */
public final class ServiceGroupBuilder implements GroupBuilder<ServiceView> {
  private static final String CLUSTER_IP = Meta.PREFIX + "service_cluster_ip";
  private static final String EXTERNAL_NAME = Meta.PREFIX + "service_external_name";
  private static final String LOAD_BALANCER_IP = Meta.PREFIX + "service_loadbalancer_ip";
  private static final String PORT_NAME = Meta.PREFIX + "service_port_name";
  private static final String PORT_NUMBER = Meta.PREFIX + "service_port_number";
  private static final String PORT_PROTOCOL = Meta.PREFIX + "service_port_protocol";
  private static final String TYPE = Meta.PREFIX + "service_type";

  private final Attached attached;
  private final ServiceLabels serviceLabels = new ServiceLabels();
  private final PortTexts ports = new PortTexts();

  /** Adds the labels that {@code attach} asks for. */
  public ServiceGroupBuilder(AttachMetadata attach) {
    attached = new Attached(attach);
  }

  @Override
  public String source(ObjectKey key) {
    return "svc/" + key.namespace() + "/" + key.name();
  }

  @Override
  public TargetGroup build(ServiceView service, Lookup lookup, GroupMemory memory) {
    String source = source(service.key());
    if (service.ports().isEmpty()) {
      return TargetGroup.empty(source);
    }
    ObjectMeta meta = service.meta();
    String host = meta.name() + "." + meta.namespace() + ".svc";
    List<Labels> targets = new ArrayList<>(service.ports().size());
    for (ServiceView.Port port : service.ports()) {
      memory.target(8);
      targets.add(target(service, host, port));
    }
    Labels ofNamespace = attached.namespace(meta.namespace(), lookup);
    Labels.Builder out =
        Labels.builder(2 + ofNamespace.size() + ObjectLabels.count(meta))
            .set(Meta.NAMESPACE, meta.namespace())
            .setAll(ofNamespace);
    serviceLabels.add(out, meta);
    Labels labels = out.build();
    memory.shared(labels, targets.size());
    return new TargetGroup(source, targets, labels);
  }

  private Labels target(ServiceView service, String host, ServiceView.Port port) {
    String number = ports.of(port.number());
    Labels.Builder out = Labels.builder(8).set(Meta.ADDRESS, Meta.address(host, number));
    if (service.type().equals("ExternalName")) {
      Meta.put(out, EXTERNAL_NAME, service.externalName());
    } else {
      Meta.put(out, CLUSTER_IP, service.clusterIp());
    }
    if (service.type().equals("LoadBalancer")) {
      Meta.put(out, LOAD_BALANCER_IP, loadBalancerIp(service));
    }
    Meta.put(out, PORT_NAME, port.name());
    out.set(PORT_NUMBER, number);
    Meta.put(out, PORT_PROTOCOL, port.protocol());
    Meta.put(out, TYPE, service.type());
    return out.build();
  }

  private static String loadBalancerIp(ServiceView service) {
    return service.ingressIps().isEmpty()
        ? service.loadBalancerIp()
        : String.join(",", service.ingressIps());
  }
}
