// expect: PEFT006 at Train
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)]
public sealed partial class Persona : LlamaForCausalLM { internal int Train = 3; }
