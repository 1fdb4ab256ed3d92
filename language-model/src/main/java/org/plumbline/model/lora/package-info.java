/** Low-rank adapters (Hu et al. 2021, arXiv 2106.09685), kept in PEFT's folder format. */
package org.plumbline.model.lora;
