"""pix2pix: a U-Net and a PatchGAN that learn to turn one kind of picture into another from pairs."""
