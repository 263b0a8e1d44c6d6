// expect: PEFT007 at Personas
using Peft.Declarative;
using Peft.Declarative.Models;
[Personas("captain", "pip")]
public sealed partial class Persona : LlamaForCausalLM;
