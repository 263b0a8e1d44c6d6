// expect: none
// adapts: captain, pip, prof
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Personas("captain", "pip", "prof")]
public sealed partial class Persona : LlamaForCausalLM;
