package io.promdisco.monitors;

import io.promdisco.config.UrlChecks;
import io.promdisco.util.GoFormatting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The kinds of service discovery of a ScrapeConfig, in the order in which the operator checks them:
 * also those that promdisco itself does not support.
 *
 * @see <a
 *     href="https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.ScrapeConfig">
 *     ScrapeConfig</a>
 */
final class SdKinds {
  private static final String REFRESH = "refreshInterval";

  /** They need no secret of a client. */
  private static final Set<String> AZURE_IDENTITIES =
      Set.of("ManagedIdentity", "SDK", "WorkloadIdentity");

  private SdKinds() {}

  static List<SdSection> all() {
    List<SdSection> kinds = new ArrayList<>();
    kinds.add(
        new SdSection("fileSDConfigs", "fileSDConfigs", "file_sd_configs")
            .part((tree, source, http) -> tree.put("files", source.texts("files")))
            .optional(REFRESH));
    kinds.add(http());
    kinds.add(KubernetesSection.make());
    kinds.add(consul());
    kinds.add(dns());
    kinds.add(
        new SdSection("ec2SDConfigs", "ec2SDConfigs", "ec2_sd_configs")
            .accessKeys()
            .tls()
            .proxy()
            .optional("region", "roleARN", REFRESH, "port")
            .filters()
            .redirects());
    kinds.add(azure());
    kinds.add(
        new SdSection("gceSDConfigs", "gceSDConfigs", "gce_sd_configs")
            .required("project", "zone")
            .optional("filter", REFRESH, "port", "tagSeparator"));
    kinds.add(openStack());
    addHosts(kinds);
    addServers(kinds);
    addClouds(kinds);
    return kinds;
  }

  private static SdSection http() {
    return new SdSection("httpSDConfigs", "httpSDConfigs", "http_sd_configs")
        .check((source, http) -> HttpChecks.checkUrl(source.textOrEmpty("url")))
        .basicAuth()
        .authorization()
        .oauth2()
        .tls()
        .proxy()
        .required("url")
        .optional(REFRESH)
        .redirects();
  }

  private static SdSection consul() {
    return new SdSection("consulSDConfigs", "consulSDConfigs", "consul_sd_configs")
        .basicAuth()
        .authorization()
        .oauth2()
        .tls()
        .secret("tokenRef", "token")
        .proxy()
        .required("server")
        .optional("pathPrefix", "datacenter", "namespace", "partition")
        .optional("tagSeparator", "filter", "healthFilter", "allowStale", REFRESH)
        .lists("services", "tags")
        .part((tree, source, http) -> ScrapeTrees.scheme(tree, source))
        .part(
            (tree, source, http) -> {
              tree.putItems("node_meta", source.textMap("nodeMeta"));
            })
        .redirects();
  }

  private static SdSection dns() {
    return new SdSection("dnsSDConfigs", "dnsSDConfigs", "dns_sd_configs")
        .check(
            (source, http) -> {
              String type = source.text("type");
              if (type != null && !type.equals("SRV") && !source.has("port")) {
                throw new InvalidMonitorException(
                    "port required for record type " + GoFormatting.quote(type));
              }
            })
        .part((tree, source, http) -> tree.put("names", source.texts("names")))
        .optional(REFRESH, "type", "port");
  }

  /** What is written of the connection is lost if there is an environment, as with the operator. */
  private static SdSection azure() {
    return new SdSection("azureSDConfigs", "azureSDConfigs", "azure_sd_configs")
        .check(SdKinds::checkAzure)
        .part(
            (tree, source, http) -> {
              if (!source.has("environment")) {
                http.basicAuth(tree, source);
                http.authorization(tree, source);
                http.oauth2(tree, source);
                http.proxy(tree, source);
              }
            })
        .optional("environment", "authenticationMethod", "tenantID", "clientID")
        .unlessEmpty("subscriptionID")
        .part(
            (tree, source, http) -> {
              SpecNode ref = source.child("clientSecret");
              Object secret = http.secret(ref);
              if (ref != null && secret == null) {
                throw new InvalidMonitorException(
                    "failed to get the client secret "
                        + GoFormatting.quote(ref.textOrEmpty("name"))
                        + " (expected: a Secret with the key that clientSecret names)");
              }
              tree.putPresent("client_secret", secret);
            })
        .optional("resourceGroup", REFRESH, "port");
  }

  private static void checkAzure(SpecNode source, HttpChecks http) throws InvalidMonitorException {
    if (AZURE_IDENTITIES.contains(source.textOrEmpty("authenticationMethod"))) {
      return;
    }
    for (String name : List.of("tenantID", "clientID")) {
      if (source.textOrEmpty(name).isEmpty()) {
        throw new InvalidMonitorException("configuration requires a " + name);
      }
    }
    if (!source.has("clientSecret")) {
      throw new InvalidMonitorException("configuration requires a clientSecret");
    }
    http.secret(source.child("clientSecret"));
    http.basicAuth(source);
    http.oauth2(source);
    http.proxy(source);
    http.tls(source, false);
    http.authorization(source);
  }

  private static SdSection openStack() {
    return new SdSection("openstackSDConfigs", "openstackSDConfigs", "openstack_sd_configs")
        .lowerCase("role")
        .required("region")
        .optional("identityEndpoint", "username", "userid", "domainName", "domainID")
        .optional("projectName", "projectID")
        .optional("applicationCredentialName", "applicationCredentialId")
        .optional("allTenants", REFRESH, "port", "availability")
        .secret("password", "password")
        .secret("applicationCredentialSecret", "application_credential_secret")
        .tls();
  }

  /** Adds kinds that list the hosts or containers of a provider. */
  private static void addHosts(List<SdSection> kinds) {
    kinds.add(
        new SdSection("digitalOceanSDConfigs", "digitalOceanSDConfigs", "digitalocean_sd_configs")
            .authorization()
            .oauth2()
            .tls()
            .proxy()
            .redirects()
            .optional("port", REFRESH));
    kinds.add(
        new SdSection("kumaSDConfigs", "kumaSDConfigs", "kuma_sd_configs")
            .check(SdKinds::checkServer)
            .authorization()
            .oauth2()
            .tls()
            .basicAuth()
            .proxy()
            .required("server")
            .redirects()
            .optional(REFRESH, "fetchTimeout", "clientID"));
    kinds.add(
        new SdSection("eurekaSDConfigs", "eurekaSDConfigs", "eureka_sd_configs")
            .authorization()
            .oauth2()
            .tls()
            .basicAuth()
            .proxy()
            .redirects()
            .optional(REFRESH)
            .unlessEmpty("server"));
    kinds.add(
        new SdSection("dockerSDConfigs", "dockerSDConfigs", "docker_sd_configs")
            .basicAuth()
            .authorization()
            .oauth2()
            .tls()
            .check((source, http) -> HttpChecks.checkUrl(source.textOrEmpty("host")))
            .proxy()
            .filters()
            .required("host")
            .optional("port", "hostNetworkingHost", "matchFirstNetwork", REFRESH)
            .redirects());
    kinds.add(
        new SdSection("linodeSDConfigs", "linodeSDConfigs", "linode_sd_configs")
            .authorization()
            .oauth2()
            .tls()
            .proxy()
            .optional("port", "region", "tagSeparator", REFRESH)
            .redirects());
    kinds.add(
        new SdSection("hetznerSDConfigs", "hetznerSDConfigs", "hetzner_sd_configs")
            .basicAuth()
            .authorization()
            .oauth2()
            .tls()
            .proxy()
            .lowerCase("role")
            .redirects()
            .optional("port", REFRESH)
            .unlessEmpty("labelSelector"));
  }

  /** Adds kinds that ask a server of the user. */
  private static void addServers(List<SdSection> kinds) {
    kinds.add(
        new SdSection("nomadSDConfigs", "nomadSDConfigs", "nomad_sd_configs")
            .check(SdKinds::checkServer)
            .authorization()
            .oauth2()
            .tls()
            .basicAuth()
            .proxy()
            .required("server")
            .optional("allowStale", "namespace", REFRESH, "region", "tagSeparator")
            .redirects());
    kinds.add(
        new SdSection("dockerSwarmSDConfigs", "dockerswarmSDConfigs", "dockerswarm_sd_configs")
            .check((source, http) -> HttpChecks.checkUrl(source.textOrEmpty("host")))
            .authorization()
            .oauth2()
            .tls()
            .basicAuth()
            .proxy()
            .filters()
            .required("host")
            .lowerCase("role")
            .optional("port", REFRESH)
            .redirects());
    kinds.add(
        new SdSection("puppetDBSDConfigs", "puppetDBSDConfigs", "puppetdb_sd_configs")
            .check((source, http) -> checkWebUrl(source.textOrEmpty("url")))
            .authorization()
            .oauth2()
            .tls()
            .basicAuth()
            .proxy()
            .required("url", "query")
            .optional("includeParameters", "port", REFRESH)
            .redirects());
  }

  private static void addClouds(List<SdSection> kinds) {
    kinds.add(
        new SdSection("lightSailSDConfigs", "lightSailSDConfigs", "lightsail_sd_configs")
            .accessKeys()
            .authorization()
            .oauth2()
            .tls()
            .basicAuth()
            .proxy()
            .optional("region", "endpoint", "port", REFRESH, "roleARN")
            .redirects());
    kinds.add(
        new SdSection("ovhcloudSDConfigs", "OVHCloudSDConfigs", "ovhcloud_sd_configs")
            .required("applicationKey")
            .requiredSecret("applicationSecret")
            .requiredSecret("consumerKey")
            .part(
                (tree, source, http) ->
                    tree.putPresent(
                        "service",
                        Map.of("VPS", "vps", "DedicatedServer", "dedicated_server")
                            .get(source.textOrEmpty("service"))))
            .optional("endpoint", REFRESH));
    kinds.add(
        new SdSection("scalewaySDConfigs", "ScalewaySDConfigs", "scaleway_sd_configs")
            .required("accessKey", "projectID")
            .requiredSecret("secretKey")
            .proxy()
            .tls()
            .lowerCase("role")
            .optional("port", "apiURL", "zone", "nameFilter", REFRESH)
            .lists("tagsFilter")
            .redirects());
    kinds.add(
        new SdSection("ionosSDConfigs", "IonosSDConfigs", "ionos_sd_configs")
            .check((source, http) -> http.authorization(source))
            .part(
                (tree, source, http) -> {
                  if (!source.has("oauth2")) {
                    tree.put("authorization", JobTree.of("type", "Bearer"));
                    http.authorization(tree, source);
                  }
                })
            .proxy()
            .tls()
            .oauth2()
            .required("datacenterID")
            .redirects()
            .optional("port", REFRESH));
  }

  private static void checkServer(SpecNode source, HttpChecks http) throws InvalidMonitorException {
    String server = source.textOrEmpty("server");
    InvalidMonitorException.within("cannot parse server", () -> HttpChecks.checkUrl(server));
    if (UrlChecks.scheme(server).isEmpty() || UrlChecks.host(server).isEmpty()) {
      throw new InvalidMonitorException("must not be empty and have a scheme: " + server);
    }
  }

  private static void checkWebUrl(String url) throws InvalidMonitorException {
    HttpChecks.checkUrl(url);
    String scheme = UrlChecks.scheme(url).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new InvalidMonitorException("URL scheme must be 'http' or 'https'");
    }
    if (UrlChecks.host(url).isEmpty()) {
      throw new InvalidMonitorException("host is missing in URL");
    }
  }
}
