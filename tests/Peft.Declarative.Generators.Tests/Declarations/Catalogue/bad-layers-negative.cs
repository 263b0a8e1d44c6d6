// expect: PEFT106|PEFT202 at -1
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Layers = [0, -1])]
public sealed partial class Persona : LlamaForCausalLM;
