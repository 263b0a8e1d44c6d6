// expect: PEFT307 at Dora
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Dora(rank: 4)] [Personas("captain", "pip")]
public sealed partial class Persona : LlamaForCausalLM;
