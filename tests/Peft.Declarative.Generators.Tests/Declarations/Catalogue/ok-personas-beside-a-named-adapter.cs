// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
[Bottleneck(reduction: 8)] [Personas("law", "medicine")]
[AdapterFusion("law", "medicine", Name = "both")]
public sealed partial class Persona : LlamaForCausalLM;
