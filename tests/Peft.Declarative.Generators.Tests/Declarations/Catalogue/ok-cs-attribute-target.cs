// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
[type: Lora(rank: 4)]
public sealed partial class Persona : LlamaForCausalLM;
