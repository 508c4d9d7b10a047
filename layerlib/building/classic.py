class ClassicBuilder: pass
