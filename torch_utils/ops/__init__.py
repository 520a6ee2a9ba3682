"""Image operators of the StyleGAN family: a reference form, easy to check, beside a fast form."""
