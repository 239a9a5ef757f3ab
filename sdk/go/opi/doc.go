// Storage of DPUs and IPUs as code, by the OPI Storage API: NVMe, virtio, volumes, encryption and QoS.
package opi
