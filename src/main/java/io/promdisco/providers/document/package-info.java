/** Target groups as documents: what files and web servers give, in JSON and YAML. */
@NullMarked
package io.promdisco.providers.document;

import org.jspecify.annotations.NullMarked;
