// expect: CS0103 at Missing
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Targets = [Missing.Name, "v_proj"])]
public sealed partial class Persona : LlamaForCausalLM;
