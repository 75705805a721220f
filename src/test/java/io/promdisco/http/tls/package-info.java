@NullMarked
package io.promdisco.http.tls;

import org.jspecify.annotations.NullMarked;
