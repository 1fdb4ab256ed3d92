/** Studies: the same stages run many times with other settings and seeds, and one table of them. */
@org.jspecify.annotations.NullMarked
package org.plumbline.pipeline.study;
