package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.ArrayList;
import java.util.List;

/** Makes a target for each port of each service, with its name in the cluster's DNS as address. */
public final class ServiceGroupBuilder extends NamespacedGroupBuilder<ServiceView> {
  private static final String CLUSTER_IP = MetaLabels.PREFIX + "service_cluster_ip";
  private static final String EXTERNAL_NAME = MetaLabels.PREFIX + "service_external_name";
  private static final String LOAD_BALANCER_IP = MetaLabels.PREFIX + "service_loadbalancer_ip";
  private static final String PORT_NAME = MetaLabels.PREFIX + "service_port_name";
  private static final String PORT_NUMBER = MetaLabels.PREFIX + "service_port_number";
  private static final String PORT_PROTOCOL = MetaLabels.PREFIX + "service_port_protocol";
  private static final String TYPE = MetaLabels.PREFIX + "service_type";

  private final ServiceLabels serviceLabels = new ServiceLabels();

  /** Creates a builder that adds the labels of {@code attach}. */
  public ServiceGroupBuilder(AttachMetadata attach) {
    super("svc", attach);
  }

  @Override
  public TargetGroup build(ServiceView service, ObjectLookup lookup, GroupMemory memory) {
    ObjectMeta meta = service.meta();
    String host = meta.name() + "." + meta.namespace() + ".svc";
    List<Labels> targets = new ArrayList<>(service.ports().size());
    for (ServiceView.Port port : service.ports()) {
      memory.target(8);
      targets.add(target(service, host, port));
    }
    return group(service, targets, lookup, memory);
  }

  @Override
  Labels groupLabels(ServiceView service, ObjectLookup lookup) {
    ObjectMeta meta = service.meta();
    Labels ofNamespace = ofNamespace(service, lookup);
    Labels.Builder out = Labels.builder(2 + ofNamespace.size() + ObjectLabels.count(meta));
    out.set(MetaLabels.NAMESPACE, meta.namespace()).setAll(ofNamespace);
    serviceLabels.add(out, meta);
    return out.build();
  }

  private Labels target(ServiceView service, String host, ServiceView.Port port) {
    String number = ports.of(port.number());
    Labels.Builder out =
        Labels.builder(8).set(MetaLabels.ADDRESS, MetaLabels.address(host, number));
    if (service.type().equals("ExternalName")) {
      MetaLabels.put(out, EXTERNAL_NAME, service.externalName());
    } else {
      MetaLabels.put(out, CLUSTER_IP, service.clusterIp());
    }
    if (service.type().equals("LoadBalancer")) {
      MetaLabels.put(out, LOAD_BALANCER_IP, loadBalancerIp(service));
    }
    MetaLabels.put(out, PORT_NAME, port.name());
    out.set(PORT_NUMBER, number);
    MetaLabels.put(out, PORT_PROTOCOL, port.protocol());
    MetaLabels.put(out, TYPE, service.type());
    return out.build();
  }

  private static String loadBalancerIp(ServiceView service) {
    return service.ingressIps().isEmpty()
        ? service.loadBalancerIp()
        : String.join(",", service.ingressIps());
  }
}
