import sharp from 'sharp';
const [out,w,cols,...files]=process.argv.slice(2);
const W=Number(w), C=Number(cols);
const imgs=await Promise.all(files.map(f=>sharp(f).resize({width:W}).toBuffer({resolveWithObject:true})));
const H=Math.max(...imgs.map(i=>i.info.height));
await sharp({create:{width:(W+6)*C,height:(H+6)*Math.ceil(files.length/C),channels:3,background:'#f0f'}}).composite(imgs.map((i,k)=>({input:i.data,left:(k%C)*(W+6),top:Math.floor(k/C)*(H+6)}))).png().toFile(out);
