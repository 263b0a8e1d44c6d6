// expect: PEFT307 at Personas
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, Name = "captain")] [Personas("pip")]
public sealed partial class Persona : LlamaForCausalLM;
