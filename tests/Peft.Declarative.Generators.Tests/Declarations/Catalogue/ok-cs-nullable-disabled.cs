// expect: none
// nullable: disable
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)]
public sealed partial class Persona : LlamaForCausalLM;
