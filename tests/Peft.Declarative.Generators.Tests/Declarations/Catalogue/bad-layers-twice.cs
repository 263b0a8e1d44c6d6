// expect: PEFT111 at 1#2
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Layers = [1, 1])]
public sealed partial class Persona : LlamaForCausalLM;
