"""A GLFW window with OpenGL textures and Dear ImGui helpers. Knows nothing of faces or networks."""
