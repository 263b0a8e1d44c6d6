// expect: PEFT303 at Personas
using Peft.Declarative;
using Peft.Declarative.Models;
[FullFineTuning] [Personas("captain", "pip")]
public sealed partial class Persona : LlamaForCausalLM;
