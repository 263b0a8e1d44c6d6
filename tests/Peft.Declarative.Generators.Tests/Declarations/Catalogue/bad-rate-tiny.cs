// expect: PEFT205 at 1e-9
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] [Training(LearningRate = 1e-9)]
public sealed partial class Persona : LlamaForCausalLM;
