"""图集: A3 maps of one release, bound into a PDF with contents and bookmarks, and each as a picture."""
