// expect: none
// run: gpt2-tiny.json
// adapts: c_attn
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, Targets = ["c_attn"])]
public sealed partial class Persona : Gpt2ForCausalLM;
