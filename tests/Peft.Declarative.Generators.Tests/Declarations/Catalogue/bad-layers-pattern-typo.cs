// expect: PEFT106 at "blocks"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Layers = [0], LayersPattern = ["blocks"])]
public sealed partial class Persona : LlamaForCausalLM;
