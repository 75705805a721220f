// Command operator-recorder records what the Prometheus Operator makes of monitors. See README.md.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sort"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	v1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
	"github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
	prom "github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
)

type rejected struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Reason    string `json:"reason"`
	Message   string `json:"message"`
}

type settings struct {
	PrometheusCR struct {
		ScrapeClasses []monitoringv1.ScrapeClass `json:"scrape_classes"`
	} `json:"prometheus_cr"`
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// lister lists the objects of one kind.
func lister(ix cache.Indexer) prometheus.ListAllByNamespaceFn {
	return func(ns string, sel labels.Selector, app cache.AppendFunc) error {
		return cache.ListAllByNamespace(ix, ns, sel, app)
	}
}

// run reads settings.yaml and objects.yaml of a case, and writes expected.yaml and rejected.json.
func run(dir string) {
	raw, err := os.ReadFile(filepath.Join(dir, "objects.yaml"))
	must(err)
	var st settings
	sraw, err := os.ReadFile(filepath.Join(dir, "settings.yaml"))
	must(err)
	must(json.Unmarshal(sraw, &st))
	nsInf := cache.NewSharedIndexInformer(&cache.ListWatch{}, &corev1.Namespace{}, 0, cache.Indexers{})
	mk := func() cache.Indexer {
		return cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	}
	sms, pms, pbs, scs := mk(), mk(), mk(), mk()
	var core []runtime.Object
	for _, doc := range bytes.Split(raw, []byte("\n---\n")) {
		var t metav1.TypeMeta
		must(json.Unmarshal(doc, &t))
		switch t.Kind {
		case "Namespace":
			o := &corev1.Namespace{}
			must(json.Unmarshal(doc, o))
			must(nsInf.GetStore().Add(o))
		case "Secret":
			o := &corev1.Secret{}
			must(json.Unmarshal(doc, o))
			if o.Data == nil {
				o.Data = map[string][]byte{}
			}
			for k, v := range o.StringData {
				o.Data[k] = []byte(v)
			}
			core = append(core, o)
		case "ConfigMap":
			o := &corev1.ConfigMap{}
			must(json.Unmarshal(doc, o))
			core = append(core, o)
		case "ServiceMonitor":
			o := &monitoringv1.ServiceMonitor{}
			must(json.Unmarshal(doc, o))
			must(sms.Add(o))
		case "PodMonitor":
			o := &monitoringv1.PodMonitor{}
			must(json.Unmarshal(doc, o))
			must(pms.Add(o))
		case "Probe":
			o := &monitoringv1.Probe{}
			must(json.Unmarshal(doc, o))
			must(pbs.Add(o))
		case "ScrapeConfig":
			o := &v1alpha1.ScrapeConfig{}
			must(json.Unmarshal(doc, o))
			must(scs.Add(o))
		}
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 10}))
	role := monitoringv1.ServiceDiscoveryRole("EndpointSlice")
	all := &metav1.LabelSelector{}
	p := &monitoringv1.Prometheus{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring"}, Spec: monitoringv1.PrometheusSpec{
		CommonPrometheusFields: monitoringv1.CommonPrometheusFields{
			ScrapeInterval: "30s", PodMonitorSelector: all, PodMonitorNamespaceSelector: all, ServiceMonitorSelector: all, ServiceMonitorNamespaceSelector: all,
			ScrapeConfigSelector: all, ScrapeConfigNamespaceSelector: all, ProbeSelector: all, ProbeNamespaceSelector: all,
			ServiceDiscoveryRole: &role, ScrapeClasses: st.PrometheusCR.ScrapeClasses,
			ScrapeProtocols: []monitoringv1.ScrapeProtocol{"OpenMetricsText1.0.0", "OpenMetricsText0.0.1", "PrometheusText1.0.0", "PrometheusText0.0.4"},
		}, EvaluationInterval: "0s"}}
	rej := []rejected{}
	write := func() {
		b, _ := json.MarshalIndent(rej, "", " ")
		must(os.WriteFile(filepath.Join(dir, "rejected.json"), b, 0o644))
	}
	gen, err := prometheus.NewConfigGenerator(logger, p, prometheus.WithEndpointSliceSupport(), prometheus.WithInlineTLSConfig())
	if err != nil {
		rej = append(rej, rejected{Reason: "InvalidSettings", Message: err.Error()})
		write()
		return
	}
	client := fake.NewSimpleClientset(core...)
	store := assets.NewStoreBuilder(client.CoreV1(), client.CoreV1())
	rec := operator.NewEventRecorderFactory(false)(client, "x")(p)
	rs, err := prometheus.NewResourceSelector(logger, p, store, nsInf, operator.NewMetrics(prom.NewRegistry()), rec)
	must(err)
	ctx := context.Background()
	a, err := rs.SelectServiceMonitors(ctx, lister(sms))
	must(err)
	b, err := rs.SelectPodMonitors(ctx, lister(pms))
	must(err)
	c, err := rs.SelectProbes(ctx, lister(pbs))
	must(err)
	d, err := rs.SelectScrapeConfigs(ctx, lister(scs))
	must(err)
	add(&rej, "ServiceMonitor", a)
	add(&rej, "PodMonitor", b)
	add(&rej, "Probe", c)
	add(&rej, "ScrapeConfig", d)
	out, err := gen.GenerateServerConfiguration(p, a.ValidResources(), b.ValidResources(), c.ValidResources(), d.ValidResources(), store, nil, nil, nil, []string{})
	if err != nil {
		rej = append(rej, rejected{Reason: "SelectionError", Message: err.Error()})
	} else {
		must(os.WriteFile(filepath.Join(dir, "expected.yaml"), out, 0o644))
	}
	write()
}

// add notes the resources of a kind that the operator refuses, with its reason.
func add[T operator.ConfigurationResource](rej *[]rejected, kind string, sel operator.TypedResourcesSelection[T]) {
	keys := []string{}
	for k := range sel {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		r := sel[k]
		for _, c := range r.Conditions() {
			if c.Status == "False" {
				ns, name, _ := strings.Cut(k, "/")
				*rej = append(*rej, rejected{kind, ns, name, c.Reason, c.Message})
			}
		}
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: operator-recorder FOLDER (expected: a folder with a folder for each case)")
		os.Exit(2)
	}
	dirs, _ := filepath.Glob(os.Args[1] + "/*")
	sort.Strings(dirs)
	for _, d := range dirs {
		func() {
			defer func() {
				if r := recover(); r != nil {
					fmt.Println("FAILED", d, r)
				}
			}()
			if _, err := os.Stat(filepath.Join(d, "objects.yaml")); err == nil {
				run(d)
			}
		}()
	}
}
