// The code that wit-bindgen generates refers to an object file that carries the types of wit/.
// Here `runner build --wit` adds them, so nothing needs to be in this one.
void __component_type_object_force_link_plugin(void) {}
