/** Continued pretraining and supervised fine-tuning. */
package org.plumbline.sft;
