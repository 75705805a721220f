/**
 * What commands share: which configuration, where Kubernetes objects come from, how long to wait.
 */
@NullMarked
package io.promdisco.cli.source;

import org.jspecify.annotations.NullMarked;
